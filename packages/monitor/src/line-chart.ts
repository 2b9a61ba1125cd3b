import type { AxisScale, ScaleKind } from './axis-scale.ts';
import { createAxisScale, isShowable } from './axis-scale.ts';
import { MonitorError } from './error.ts';
import { escapeXml } from './escape-xml.ts';
import { formatTicks } from './format-ticks.ts';
import { linePath, round } from './line-path.ts';

/** Okabe and Ito's colours, which stay apart for colour-blind readers, those that stand out on white. */
const COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#56b4e9', '#e69f00'];
const INK = '#1f2328';
const FAINT = '#59636e';
const GRID = '#e4e7eb';

/** A line. */
export interface ChartSeries {
  readonly name: string;
  /** In drawing order. A point that is not finite, or not above 0 on a logarithmic axis, leaves a gap. */
  readonly points: readonly (readonly [x: number, y: number])[];
  /** Which axis it is measured by: the first, on the left (default), or the second, on the right. */
  readonly axis?: 'first' | 'second';
  /** Any SVG colour. Default: one of six. */
  readonly color?: string;
}

/** What `lineChart` draws. */
export interface LineChartOptions {
  readonly title?: string;
  readonly series: readonly ChartSeries[];
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** Default `linear`. */
  readonly yScale?: ScaleKind;
  /** Label of the second axis. */
  readonly secondLabel?: string;
  /** Default `linear`. */
  readonly secondScale?: ScaleKind;
  /** Pixels; default 800. */
  readonly width?: number;
  /** Pixels; default 450. */
  readonly height?: number;
}

/**
 * Draws lines as an SVG picture with axes, a grid and a legend, on a white ground so that it reads in dark viewers too.
 *
 * The same input gives the same text. Without any point that can be shown, the picture says so.
 *
 * @returns a complete SVG document.
 * @throws MonitorError for series, an axis or a scale that is none.
 *
 * @example
 * const svg = lineChart({
 *   title: 'Training',
 *   series: [
 *     { name: 'loss', points: [[0, 5.5], [100, 2.1], [200, 1.7]] },
 *     { name: 'learning rate', points: [[0, 0], [100, 3e-4], [200, 0]], axis: 'second' },
 *   ],
 *   xLabel: 'step',
 *   yLabel: 'loss',
 *   secondLabel: 'learning rate',
 * });
 */
export function lineChart(options: LineChartOptions): string {
  requireSeries((Object(options) as Partial<LineChartOptions>).series);
  const { title = '', series, xLabel = '', yLabel = '', secondLabel = '' } = options;
  const { yScale = 'linear', secondScale = 'linear', width = 800, height = 450 } = options;
  const kinds = { first: yScale, second: secondScale };
  check(series, kinds);

  const lines = series.map(({ name, points, axis = 'first', color }, index) => {
    const shown = points.filter(([x, y]) => Number.isFinite(x) && isShowable(y, kinds[axis]));
    return { name, points, axis, shown, color: color ?? COLORS[index % COLORS.length]! };
  });
  const hasRight = lines.some(({ axis, shown }) => axis === 'second' && shown.length > 0);
  const plot = { left: 72, right: width - (hasRight ? 80 : 24), top: 72, bottom: height - 56 };

  const xs = lines.flatMap(({ shown }) => shown.map(([x]) => x));
  const ysOf = (axis: string): number[] =>
    lines.filter((line) => line.axis === axis).flatMap(({ shown }) => shown.map(([, y]) => y));
  const scaleOf = (axis: 'first' | 'second'): AxisScale | undefined => {
    const values = ysOf(axis);
    if (values.length === 0) return undefined;
    return createAxisScale(values, kinds[axis], [plot.bottom, plot.top], { count: 6, isRounded: true });
  };
  const left = scaleOf('first');
  const right = scaleOf('second');

  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
      'font-family="system-ui, sans-serif" font-size="12" role="img">',
    `<title>${escapeXml(title === '' ? 'Line chart' : title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    text(width / 2, 26, title, { size: 16, weight: 600 }),
  ];
  if (xs.length === 0) {
    parts.push(text(width / 2, height / 2, 'No data to show', { color: FAINT, size: 14 }), '</svg>');
    return `${parts.filter(Boolean).join('\n')}\n`;
  }
  const x = createAxisScale(xs, 'linear', [plot.left, plot.right], { count: 8, isRounded: false });

  parts.push(legend(lines, width / 2, 50));
  // One grid only: the left axis's, or the right one's where it is alone.
  parts.push(horizontalGrid(left ?? right!, plot));
  if (left !== undefined) parts.push(verticalLabels(left, plot.left - 8, 'end'));
  if (right !== undefined) parts.push(verticalLabels(right, plot.right + 8, 'start'));
  parts.push(horizontalLabels(x, plot));
  const middle = (plot.top + plot.bottom) / 2;
  parts.push(
    text((plot.left + plot.right) / 2, height - 14, xLabel),
    left === undefined ? '' : text(18, middle, yLabel, { turn: -90 }),
    right === undefined ? '' : text(width - 14, middle, secondLabel, { turn: 90 }),
  );
  for (const { points, axis, color } of lines) {
    const y = axis === 'first' ? left : right;
    const { path, dots } = linePath(
      points.map(([atX, atY]) => {
        const [px, py] = [x.position(atX), y?.position(atY)];
        return px === undefined || py === undefined ? undefined : [px, py];
      }),
    );
    const paint = escapeXml(color);
    if (path !== '') {
      parts.push(
        `<path d="${path}" fill="none" stroke="${paint}" stroke-width="1.75" stroke-linejoin="round"/>`,
      );
    }
    for (const [cx, cy] of dots) parts.push(`<circle cx="${cx}" cy="${cy}" r="2.5" fill="${paint}"/>`);
  }
  parts.push('</svg>');
  return `${parts.filter(Boolean).join('\n')}\n`;
}

interface Plot {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

function horizontalGrid({ ticks, position }: AxisScale, { left, right }: Plot): string {
  const rows = ticks.map((tick) => `M${left} ${round(position(tick)!)}H${right}`);
  return `<path d="${rows.join('')}" stroke="${GRID}"/>`;
}

function verticalLabels({ ticks, position }: AxisScale, at: number, anchor: string): string {
  const labels = formatTicks(ticks);
  return ticks
    .map((tick, index) => text(at, position(tick)! + 4, labels[index]!, { anchor, color: FAINT }))
    .join('\n');
}

function horizontalLabels({ ticks, position }: AxisScale, { left, right, bottom }: Plot): string {
  const labels = formatTicks(ticks);
  const marks = ticks.map((tick) => `M${round(position(tick)!)} ${bottom}v5`);
  return [
    `<path d="M${left} ${bottom}H${right}${marks.join('')}" stroke="${FAINT}"/>`,
    ...ticks.map((tick, index) => text(position(tick)!, bottom + 19, labels[index]!, { color: FAINT })),
  ].join('\n');
}

/** Names in one row, centred; widths are estimated, as no font can be measured here. */
function legend(
  lines: readonly { name: string; color: string; axis: string; shown: readonly unknown[] }[],
  center: number,
  y: number,
): string {
  const items = lines.map(({ name, color, axis, shown }) => {
    const label = `${name}${axis === 'second' ? ' (right)' : ''}${shown.length === 0 ? ' (no data)' : ''}`;
    return { label, color, width: 24 + label.length * 6.5 + 20 };
  });
  let at = center - (items.reduce((total, item) => total + item.width, 0) - 20) / 2;
  return items
    .map(({ label, color, width }) => {
      const mark = `<path d="M${round(at)} ${y - 4}h18" stroke="${escapeXml(color)}" stroke-width="3"/>`;
      const name = text(at + 24, y, label, { anchor: 'start' });
      at += width;
      return `${mark}\n${name}`;
    })
    .join('\n');
}

interface TextStyle {
  readonly anchor?: string;
  readonly color?: string;
  readonly size?: number;
  readonly weight?: number;
  /** Degrees, clockwise, about the text's own place. */
  readonly turn?: number;
}

function text(atX: number, atY: number, content: string, style: TextStyle = {}): string {
  if (content === '') return '';
  const { anchor = 'middle', color = INK, size, weight, turn } = style;
  const [x, y] = [round(atX), round(atY)];
  const attributes = [
    `x="${x}" y="${y}" text-anchor="${anchor}" fill="${color}"`,
    ...(size === undefined ? [] : [`font-size="${size}"`]),
    ...(weight === undefined ? [] : [`font-weight="${weight}"`]),
    ...(turn === undefined ? [] : [`transform="rotate(${turn} ${x} ${y})"`]),
  ];
  return `<text ${attributes.join(' ')}>${escapeXml(content)}</text>`;
}

function check(series: readonly ChartSeries[], kinds: Readonly<Record<string, string>>): void {
  for (const { name, axis = 'first' } of series) {
    if (axis !== 'first' && axis !== 'second') {
      throw new MonitorError(
        `The axis of series "${name}" is "first" or "second"; got ${JSON.stringify(axis)}.`,
      );
    }
  }
  for (const [axis, kind] of Object.entries(kinds)) {
    if (kind !== 'linear' && kind !== 'log') {
      throw new MonitorError(
        `The scale of the ${axis} axis is "linear" or "log"; got ${JSON.stringify(kind)}.`,
      );
    }
  }
}

function requireSeries(series: unknown): void {
  if (!Array.isArray(series)) {
    throw new MonitorError(
      `lineChart needs "series", a list of { name, points: [[x, y], ...] }; got ${series === undefined ? 'none' : typeof series}.`,
    );
  }
  for (const [index, line] of series.entries()) {
    const { points } = Object(line) as { readonly points?: unknown };
    if (!Array.isArray(points) || !points.every((point) => Array.isArray(point) && point.length === 2)) {
      throw new MonitorError(`The points of series ${index} must be a list of pairs [x, y].`);
    }
  }
}
