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

export const tableHead: string = line(columns.map(([head]) => head));

export function tableLine(row: Row): string {
  return line(columns.map(([, , cell]) => cell(row)));
}

function line(cells: readonly string[]): string {
  return cells
    .map((cell, index) => (index === 0 ? cell.padEnd(columns[0]![1]) : cell.padStart(columns[index]![1])))
    .join(' ');
}

/** At least four digits. */
function digits(value: number): string {
  return value >= 1000 ? value.toFixed(0) : value.toPrecision(4);
}

function range([low, high]: readonly [number, number]): string {
  return `${digits(low)} - ${digits(high)}`;
}
