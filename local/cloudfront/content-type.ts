/** Content types as `aws s3 sync` guesses them. */
const types: Record<string, string> = {
  '.css': 'text/css',
  '.csv': 'text/csv',
  '.gif': 'image/gif',
  '.htm': 'text/html',
  '.html': 'text/html',
  '.ico': 'image/vnd.microsoft.icon',
  '.jpeg': 'image/jpeg',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.map': 'application/json',
  '.md': 'text/markdown',
  '.mjs': 'text/javascript',
  '.mp3': 'audio/mpeg',
  '.pdf': 'application/pdf',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain',
  '.wasm': 'application/wasm',
  '.wav': 'audio/x-wav',
  '.webmanifest': 'application/manifest+json',
  '.webp': 'image/webp',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
  '.xml': 'text/xml',
};

export const contentTypeOf = (extension: string): string => types[extension.toLowerCase()] ?? 'binary/octet-stream';

/** Types that CloudFront compresses. */
export const isCompressible = (type: string): boolean =>
  type.startsWith('text/') ||
  /^application\/(json|javascript|manifest\+json|wasm|xml)$/.test(type) ||
  /^image\/(svg\+xml|vnd\.microsoft\.icon)$/.test(type);
