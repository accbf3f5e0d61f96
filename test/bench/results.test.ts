import { describe, expect, test } from '@jest/globals';
import { distributionOf, figureOf } from '../../bench/support/figures.ts';
import type { Line } from '../../bench/support/figures.ts';
import { plotsOf, shareOfBound } from '../../bench/support/plots.ts';
import { readResults } from '../../bench/support/results.ts';
import { pageOf } from '../../bench/support/results-page.ts';
import type { Outcome } from '../../bench/support/supervise.ts';

const machine = { date: '2026-11-30', cores: 2, processor: 'Any', memoryGb: 8, node: 'v24.0.0' };
const lines: Line[] = [
  figureOf('fan-out', { figure: 'post until 20 sockets have it', value: 30, unit: 'ms', peer: 60, atMost: 1 }),
  figureOf('fan-out', { figure: 'sockets that got it twice', value: 3, unit: 'sockets', atMost: 0 }),
  figureOf('sidebar', { figure: 'bootstrap p50 <, beside (a | b)', value: 2, unit: 'ms', peer: 20, timesFaster: 25 }),
  { ...figureOf('epochs', { figure: 'score', value: 0.5, unit: '' }), pk: 0.4, set: 'made-up' } as Line,
  distributionOf('fan-out', {
    distribution: 'post until seen',
    unit: 'ms',
    series: { ours: [3, 1, 2], '<peer> & co': [30, 10, 20], none: [] },
  }),
];
const outcomes: Outcome[] = [
  { bench: 'fan-out', status: 'done', seconds: 12.5 },
  { bench: 'sidebar', status: 'failed', seconds: 600, reason: 'it was not done after 600 s: it waited for a text\n    at somewhere' },
  { bench: 'epochs', status: 'done', seconds: 1 },
  { bench: 'search', status: 'no data', seconds: 0.1, reason: 'There is no judged set beside the checkout' },
];

describe('the page of results', () => {
  const plots = plotsOf(lines);
  const page = pageOf({ machine, lines, outcomes }, [...plots.keys()]);

  test('says on what was measured, and which bounds do not hold', () => {
    expect(page).toContain('Measured on 2026-11-30: 2 cores (Any), 8 GB of memory, Node v24.0.0.');
    expect(page).toContain('1 of 3 bounds hold. These do not:');
    expect(page).toContain('- fan-out, sockets that got it twice: 3, must be <= 0');
    expect(page).toContain('- sidebar, bootstrap p50 &lt;, beside (a \\| b): 10, must be ratio >= 25');
  });

  test('has a section for each bench that was to run, also for those that did not', () => {
    expect(page).toContain('## fan-out\n\nTook 12.5 s.\n\n![fan-out: post until seen](results/fan-out.svg)');
    expect(page).toContain('| post until 20 sockets have it | 30 ms | 60 | 0.5 | ratio <= 1 | yes |');
    expect(page).toContain('## sidebar\n\n**Failed** after 600 s: it was not done after 600 s: it waited for a text\n');
    expect(page).toContain('score: pk 0.4, set made-up.');
    expect(page).toContain('## search\n\nNot run: no data. There is no judged set beside the checkout');
  });

  test('can be made again from its lines, and refuses lines of no machine', () => {
    const text = [machine, ...lines, ...outcomes].map((line) => JSON.stringify(line)).join('\n');
    expect(readResults(`${text}\n`)).toEqual(JSON.parse(JSON.stringify({ machine, lines, outcomes })));
    expect(() => readResults(JSON.stringify(lines[0]))).toThrow('do not begin with the machine');
  });
});

describe('plots', () => {
  test('hold each figure against its bound: 1 is the bound, less holds; a bound of zero has no share', () => {
    const shares = lines.map((line) => ('figure' in line ? shareOfBound(line) : undefined));
    expect(shares).toEqual([0.5, undefined, 2.5, undefined, undefined]);
  });

  test('are whole SVG for light and dark, with every series and no text that breaks it', () => {
    const plots = plotsOf(lines);
    expect([...plots.keys()]).toEqual(['bounds', 'fan-out']);
    for (const svg of plots.values()) {
      expect(svg).toMatch(/^<svg [^]*<\/svg>\n$/);
      expect(svg).toContain('prefers-color-scheme:dark');
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    }
    expect(plots.get('fan-out')).toContain('&lt;peer&gt; &amp; co');
    expect(plots.get('fan-out')?.match(/<polyline/g)).toHaveLength(3);
  });
});
