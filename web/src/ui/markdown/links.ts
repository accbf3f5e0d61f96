/** Allowed image addresses: images of our own origin load at once, others over https and only after a click. */
export function imageSource(src: string, origin: string): { readonly kind: 'own' | 'foreign'; readonly host: string } | undefined {
  try {
    const url = new URL(src, origin);
    const isWeb = url.protocol === 'https:' || url.protocol === 'http:';
    if (isWeb && url.origin === origin) return { kind: 'own', host: url.host };
    return url.protocol === 'https:' ? { kind: 'foreign', host: url.host } : undefined;
  } catch {
    return undefined;
  }
}
