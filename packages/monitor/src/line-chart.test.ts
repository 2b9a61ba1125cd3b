import { describe, expect, it } from 'vitest';
import type { LineChartOptions } from './line-chart.ts';
import { lineChart } from './line-chart.ts';
import { MonitorError } from './error.ts';

/** The attributes of each element of a kind. */
function elements(svg: string, name: string): Record<string, string>[] {
  return [...svg.matchAll(new RegExp(`<${name}((?: [a-z-]+="[^"]*")*)/?>`, 'g'))].map((match) =>
    Object.fromEntries([...match[1]!.matchAll(/([a-z-]+)="([^"]*)"/g)].map(([, key, value]) => [key, value])),
  );
}
/** The text elements as [text, x, y]. */
const texts = (svg: string): [string, number, number][] =>
  [...svg.matchAll(/<text x="([\d.]+)" y="([\d.]+)"[^>]*>([^<]*)</g)].map((match) => [
    match[3]!,
    Number(match[1]),
    Number(match[2]),
  ]);
const curves = (svg: string): Record<string, string>[] =>
  elements(svg, 'path').filter((path) => path['fill'] === 'none');

// The plot of an 800 x 450 picture: x from 72 to 776 (to 720 with a right axis), y from 394 up to 72.
describe('lineChart', () => {
  it('puts points where the axes say', () => {
    const svg = lineChart({
      series: [
        {
          name: 'loss',
          points: [
            [0, 0],
            [5, 6],
            [10, 3],
          ],
        },
      ],
    });
    expect(curves(svg)[0]!['d']).toBe('M72 394L424 72L776 233');
    expect(texts(svg)).toEqual([
      ['loss', 399, 50],
      ...[0, 1, 2, 3, 4, 5, 6]
        .map((y) => [String(y), 64, 394 - (322 * y) / 6 + 4])
        .map(([a, b, c]) => [a, b, Number(Number(c).toFixed(2))]),
      ...[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
        .map((x) => [String(x), 72 + 70.4 * x, 413])
        .map(([a, b, c]) => [a, Number(Number(b).toFixed(2)), c]),
    ]);
  });

  it('has a second axis with its own scale', () => {
    const svg = lineChart({
      series: [
        {
          name: 'loss',
          points: [
            [0, 1],
            [10, 2],
          ],
        },
        {
          name: 'lr',
          points: [
            [0, 3e-4],
            [10, 0],
          ],
          axis: 'second',
        },
      ],
      xLabel: 'step',
      yLabel: 'loss',
      secondLabel: 'learning rate',
    });
    expect(curves(svg).map(({ d, stroke }) => [d, stroke])).toEqual([
      ['M72 394L720 72', '#0072b2'],
      ['M72 72L720 394', '#d55e00'],
    ]);
    const labels = texts(svg);
    expect(labels.filter(([, x]) => x === 728)).toEqual([
      ['0', 728, 398],
      ['5e-5', 728, 344.33],
      ['1e-4', 728, 290.67],
      ['1.5e-4', 728, 237],
      ['2e-4', 728, 183.33],
      ['2.5e-4', 728, 129.67],
      ['3e-4', 728, 76],
    ]);
    expect(labels).toContainEqual(['lr (right)', expect.any(Number), 50]);
    expect(labels).toContainEqual(['learning rate', 786, 233]);
    expect(labels).toContainEqual(['loss', 18, 233]);
    expect(labels).toContainEqual(['step', 396, 436]);
  });

  it('spaces a logarithmic axis by ratios, and leaves out what is not above 0', () => {
    const svg = lineChart({
      series: [
        {
          name: 'loss',
          points: [
            [0, 1],
            [1, 10],
            [2, 0],
            [3, -1],
            [4, 100],
            [5, 100],
          ],
        },
      ],
      yScale: 'log',
    });
    expect(curves(svg)[0]!['d']).toBe('M72 394L212.8 233M635.2 72L776 72');
    expect(texts(svg)).toContainEqual(['10', 64, 237]);
  });

  it('leaves gaps where a point is not finite, and draws a point alone as a dot', () => {
    const svg = lineChart({
      series: [
        {
          name: 'loss',
          points: [
            [0, 0],
            [1, 1],
            [2, Number.NaN],
            [3, 5],
            [4, Number.POSITIVE_INFINITY],
            [5, 0],
            [Number.NaN, 1],
            [6, 5],
            [10, 0],
          ],
        },
      ],
    });
    expect(curves(svg)[0]!['d']).toBe('M72 394L142.4 329.6M494.4 72L776 394');
    expect(elements(svg, 'circle').map(({ cx, cy }) => [cx, cy])).toEqual([
      ['283.2', '72'],
      ['424', '394'],
    ]);
  });

  it.each<[string, LineChartOptions['series']]>([
    ['no series', []],
    ['an empty series', [{ name: 'loss', points: [] }]],
    [
      'nothing finite',
      [
        {
          name: 'loss',
          points: [
            [Number.NaN, 1],
            [1, Number.NaN],
          ],
        },
      ],
    ],
  ])('says so when there is %s', (_, series) => {
    const svg = lineChart({ title: 'Loss', series });
    expect(texts(svg)).toEqual([
      ['Loss', 400, 26],
      ['No data to show', 400, 225],
    ]);
    expect(elements(svg, 'path')).toEqual([]);
  });

  it('says which of several series has no data', () => {
    const svg = lineChart({
      series: [
        { name: 'loss', points: [[0, 1]] },
        { name: 'held-out', points: [], axis: 'second' },
      ],
    });
    expect(texts(svg).map(([content]) => content)).toContain('held-out (right) (no data)');
    expect(elements(svg, 'circle')[0]).toMatchObject({ cx: '424' });
  });

  it.each([
    [3, 2.9],
    [0, -0.5],
    [-2, -2.4],
    [1e-9, 0.9e-9],
  ])('shows a constant %d', (value) => {
    const svg = lineChart({
      series: [
        {
          name: 'lr',
          points: [
            [0, value],
            [1, value],
          ],
        },
      ],
    });
    const [, y] = /M72 ([\d.]+)L776/.exec(curves(svg)[0]!['d']!)!;
    expect(Number(y)).toBeGreaterThan(72);
    expect(Number(y)).toBeLessThan(394);
    expect(svg).not.toContain('NaN');
  });

  it('draws the right axis alone', () => {
    const svg = lineChart({
      series: [
        {
          name: 'lr',
          points: [
            [0, 0],
            [1, 1],
          ],
          axis: 'second',
        },
      ],
    });
    expect(curves(svg)[0]!['d']).toBe('M72 394L720 72');
    expect(texts(svg).some(([, x]) => x === 64)).toBe(false);
  });

  it('has a white ground, and safe text', () => {
    const name = 'a<b & "c"\u0000';
    const svg = lineChart({
      title: name,
      series: [{ name, points: [[0, 1]], color: '"/><script>' }],
      width: 300,
      height: 200,
    });
    expect(elements(svg, 'rect')).toEqual([{ width: '300', height: '200', fill: '#ffffff' }]);
    expect(svg).toContain('>a&lt;b &amp; &quot;c&quot;</text>');
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('\u0000');
    expect(
      svg.startsWith(
        '<svg xmlns="http://www.w3.org/2000/svg" width="300" height="200" viewBox="0 0 300 200"',
      ),
    ).toBe(true);
    expect(svg.endsWith('</svg>\n')).toBe(true);
  });

  it('refuses an axis and a scale that are none', () => {
    const bad =
      (options: unknown): (() => string) =>
      () =>
        lineChart(options as LineChartOptions);
    expect(bad({ series: [{ name: 'lr', points: [], axis: 'top' }] })).toThrow(MonitorError);
    expect(bad({ series: [{ name: 'lr', points: [], axis: 'top' }] })).toThrow(
      'The axis of series "lr" is "first" or "second"; got "top".',
    );
    expect(bad({})).toThrow(MonitorError);
    expect(bad({})).toThrow('lineChart needs "series", a list of { name, points: [[x, y], ...] }; got none.');
    expect(bad(undefined)).toThrow('lineChart needs "series"');
    expect(bad({ series: { name: 'lr' } })).toThrow('got object');
    expect(bad({ series: [{ name: 'lr' }] })).toThrow(
      'The points of series 0 must be a list of pairs [x, y].',
    );
    expect(bad({ series: [{ name: 'lr', points: [1, 2] }] })).toThrow('a list of pairs');
    expect(bad({ series: [], yScale: 'log10' })).toThrow(
      'The scale of the first axis is "linear" or "log"; got "log10".',
    );
  });
});
