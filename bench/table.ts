import type { Row } from './measure.ts';

const columns: readonly (readonly [head: string, width: number, cell: (row: Row) => string])[] = [
  ['case', 56, (row) => row.case],
  ['ours', 16, (row) => `${digits(row.ours)} ${row.unit}`],
  ['quartiles', 15, (row) => range(row.spread.ours)],
  ['peer', 16, (row) => `${digits(row.peer)} ${row.unit}`],
  ['quartiles', 15, (row) => (row.spread.peer === null ? '-' : range(row.spread.peer))],
  ['ratio', 7, (row) => `${row.ratio.toFixed(2)}x`],
  ['target', 7, (row) => (row.target === undefined ? '' : `${row.target.toFixed(2)}x`)],
  ['runs', 5, (row) => String(row.runs)],
];

/** How rows are printed. */
export interface Format {
  readonly head: (name: string) => string | undefined;
  readonly row: (row: Row) => string;
}

/** For people, for programs, and for `docs/benchmarks.md`. */
export const formats: Readonly<Record<'table' | 'json' | 'markdown', Format>> = {
  table: {
    head: (name) => `\n${name}\n${line(columns.map(([head]) => head))}`,
    row: (row) => line(columns.map(([, , cell]) => cell(row))),
  },
  json: { head: () => undefined, row: (row) => JSON.stringify(row) },
  markdown: {
    head: () => `\n${cells(columns.map(([head]) => head))}\n${cells(columns.map(() => '---'))}`,
    row: (row) => cells(columns.map(([, , cell]) => cell(row))),
  },
};

function line(texts: readonly string[]): string {
  return texts
    .map((text, index) => (index === 0 ? text.padEnd(columns[0]![1]) : text.padStart(columns[index]![1])))
    .join(' ');
}

function cells(texts: readonly string[]): string {
  return `| ${texts.join(' | ')} |`;
}

/** At least four digits. */
function digits(value: number): string {
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(4);
}

function range([low, high]: readonly [number, number]): string {
  return `${digits(low)} - ${digits(high)}`;
}
