/**
 * Compiles a pattern in which `*` matches any number of characters (slashes too) and `?` matches one, as in policies, CloudFront and `aws
 * s3 sync`.
 */
export function wildcard(pattern: string, flags = ''): RegExp {
  const source = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${source}$`, `s${flags}`);
}
