import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const packages = path.resolve(import.meta.dirname, '../..');

/** What a package's index exports: by which name, from where, and its name there. */
function exportsOf(file: string): { name: string; original: string; from: string }[] {
  const text = readFileSync(path.join(packages, file), 'utf8');
  return [...text.matchAll(/export (?:type )?\{([^}]*)\} from '([^']*)'/g)].flatMap(([, names, from]) =>
    names!
      .split(',')
      .map((name) => name.trim().replace(/^type /, ''))
      .filter((name) => name !== '')
      .map((name) => name.split(' as '))
      .map((parts) => ({ name: parts.at(-1)!, original: parts[0]!, from: from! })),
  );
}

const own = exportsOf('deepspeed/src/index.ts');
/** Made anew here, for tfjs models, and what that is made with. */
const replaced = new Set([
  'initialize',
  'InitializeOptions',
  'InitializeWithLossOptions',
  'requireTrainingOptions',
]);

describe('@ds/deepspeed', () => {
  it.each(['engine', 'scheduler', 'optim', 'tfjs', 'checkpoint', 'monitor', 'tensor'])(
    'exports everything that @ds/%s does',
    (name) => {
      const here = new Set(own.filter(({ from }) => from === `@ds/${name}`).map((one) => one.original));
      const there = exportsOf(`${name}/src/index.ts`).map((one) => one.name);
      expect(there.filter((one) => !here.has(one) && !replaced.has(one))).toEqual([]);
    },
  );

  it('exports each name once', () => {
    const names = own.map(({ name }) => name);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });
});
