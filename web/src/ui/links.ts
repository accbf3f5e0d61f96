/** Where an image in a message may come from: only our own origin is loaded without asking. */
export function imageSource(src: string, origin: string): { readonly kind: 'own' | 'foreign'; readonly host: string } | undefined {
  try {
    const url = new URL(src, origin);
    if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
    return { kind: url.origin === origin ? 'own' : 'foreign', host: url.host };
  } catch {
    return undefined;
  }
}
