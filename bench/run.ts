// `pnpm bench NAME... [--json]`: runs benchmarks and prints a table, or one JSON object per line.
import { readdirSync } from 'node:fs';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { nearestName } from '@ds/deepspeed';
import type { Row } from './measure.ts';

interface Benchmark {
  readonly bench: () => AsyncIterable<Row>;
}

const names = readdirSync(`${import.meta.dirname}/cases`).map((file) => file.replace(/\.ts$/, ''));
const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false } },
  allowPositionals: true,
});
for (const name of positionals.length > 0 ? positionals : ['']) {
  if (!names.includes(name)) {
    const nearest = nearestName(name, names);
    const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
    console.error(
      `${name === '' ? 'Name a benchmark.' : `There is no benchmark "${name}".`}${hint} There are: ${names.join(', ')}.`,
    );
    process.exit(1);
  }
}

const header = ['case', 'ours', 'quartiles', 'peer', 'quartiles', 'ratio', 'runs'];
const widths = [44, 11, 17, 11, 17, 8, 5];
const line = (cells: readonly string[]): string =>
  cells
    .map((cell, index) => (index === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[index]!)))
    .join(' ');
const number = (value: number): string => value.toPrecision(4);

for (const name of positionals) {
  const { bench } = (await import(`./cases/${name}.ts`)) as Benchmark;
  if (!values.json) console.log(`\n${name}\n${line(header)}`);
  for await (const row of bench()) {
    const quartiles = ([low, high]: readonly [number, number]): string => `${number(low)} - ${number(high)}`;
    console.log(
      values.json
        ? JSON.stringify(row)
        : line([
            row.case,
            `${number(row.ours)} ${row.unit}`,
            quartiles(row.spread.ours),
            `${number(row.peer)} ${row.unit}`,
            quartiles(row.spread.peer),
            `${row.ratio.toFixed(2)}x`,
            String(row.runs),
          ]),
    );
  }
}
