/** Colours of the series, distinguishable in light and dark mode and for colour-blind readers. */
const series = {
  light: ['#0b62d6', '#c2410c', '#15803d', '#7e22ce', '#64748b'],
  dark: ['#6cb0ff', '#fb923c', '#4ade80', '#d8a4ff', '#a3b1c2'],
};

const rules = (colours: readonly string[], ink: string, soft: string, ground: string) =>
  [
    `.ground{fill:${ground}}.ink{fill:${ink}}.soft{fill:${soft}}.grid{stroke:${soft};stroke-opacity:.3}.bound{stroke:${ink};stroke-width:1.5}`,
    ...colours.map((colour, at) => `.line${at}{stroke:${colour}}.fill${at}{fill:${colour}}`),
  ].join('');

/**
 * A drawing of `width` by `height` pixels with its own background, light or dark by the reader's setting. Its parts use the classes
 * `ink`, `soft` (text fill), `grid`, `bound` (strokes), `line0` to `line4` and `fill0` to `fill4` (series).
 */
export function drawing(width: number, height: number, title: string, parts: readonly string[]): string {
  const style = [
    'text{font:12px system-ui,sans-serif}.title{font-size:14px;font-weight:600}.curve{fill:none;stroke-width:2}',
    rules(series.light, '#1f2430', '#667085', '#ffffff'),
    `@media (prefers-color-scheme:dark){${rules(series.dark, '#e6e9ef', '#9aa4b2', '#14171c')}}`,
  ].join('');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escape(title)}</title>`,
    `<style>${style}</style>`,
    `<rect class="ground" width="${width}" height="${height}" rx="6"/>`,
    text(16, 26, title, { kind: 'ink title' }),
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** A text at a point; `anchor` is the end of the text at that point. */
export function text(
  x: number,
  y: number,
  content: string,
  { kind = 'ink', anchor = 'start' }: { kind?: string; anchor?: 'start' | 'middle' | 'end' } = {},
): string {
  return `<text x="${at(x)}" y="${at(y)}" class="${kind}" text-anchor="${anchor}">${escape(content)}</text>`;
}

export function line(x1: number, y1: number, x2: number, y2: number, kind: string): string {
  return `<line x1="${at(x1)}" y1="${at(y1)}" x2="${at(x2)}" y2="${at(y2)}" class="${kind}"/>`;
}

export function bar(x: number, y: number, width: number, height: number, kind: string): string {
  return `<rect x="${at(x)}" y="${at(y)}" width="${at(Math.max(0, width))}" height="${at(height)}" rx="2" class="${kind}"/>`;
}

export function curve(points: readonly (readonly [number, number])[], kind: string): string {
  return `<polyline points="${points.map(([x, y]) => `${at(x)},${at(y)}`).join(' ')}" class="curve ${kind}"/>`;
}

const at = (value: number) => String(Math.round(value * 10) / 10);
const escape = (content: string) => content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
