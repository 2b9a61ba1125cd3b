// `pnpm bench NAME... [--json | --markdown] [--browser] [--profile]`: runs benchmarks and prints rows.
import { readdirSync } from 'node:fs';
import { availableParallelism, cpus, loadavg } from 'node:os';
import process from 'node:process';
import { parseArgs } from 'node:util';
import { nearestName } from '@ds/deepspeed';
import type { Benchmark, Profile } from './benchmark.ts';
import { openBrowserHost } from './hosts/browser.ts';
import { nodeHost } from './hosts/node.ts';
import { formats } from './table.ts';

interface Case {
  readonly bench: Benchmark;
  readonly profile?: Profile;
}

const names = readdirSync(`${import.meta.dirname}/cases`).map((file) => file.replace(/\.ts$/, ''));
const { values, positionals } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    markdown: { type: 'boolean', default: false },
    browser: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
  },
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

const cases: [string, Case][] = [];
for (const name of positionals) cases.push([name, (await import(`./cases/${name}.ts`)) as Case]);

if (values.profile) {
  for (const [name, { profile }] of cases) {
    if (profile === undefined) {
      console.error(`There is no profile of "${name}"; there is one of train-mlp and train-gpt.`);
      process.exit(1);
    }
    await profile({ json: values.json });
  }
} else {
  const format = formats[values.json ? 'json' : values.markdown ? 'markdown' : 'table'];
  const host = values.browser ? await openBrowserHost() : nodeHost;
  if (host !== undefined) {
    if (!values.json) {
      const [load] = loadavg();
      console.log(
        `${host.name}, ${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores, ` +
          `load average ${load!.toFixed(1)} before`,
      );
    }
    try {
      for (const [name, { bench }] of cases) {
        const head = format.head(name);
        if (head !== undefined) console.log(head);
        for await (const row of bench({ host })) console.log(format.row(row));
      }
    } finally {
      await host.close();
    }
  }
}
