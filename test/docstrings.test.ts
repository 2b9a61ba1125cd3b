import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';

const packages = path.join(path.dirname(import.meta.dirname), 'packages');

/** Names that an index re-exports, with the file each comes from. */
function exportsOf(index: string): { readonly name: string; readonly file: string }[] {
  const text = readFileSync(index, 'utf8');
  return [...text.matchAll(/export (?:type )?\{([^}]*)\} from '(\.[^']*)'/g)].flatMap(([, names, from]) =>
    names!
      .split(',')
      .map(
        (name) =>
          name
            .trim()
            .replace(/^type /, '')
            .split(' as ')[0]!,
      )
      .filter(Boolean)
      .map((name) => ({ name, file: path.join(path.dirname(index), from!) })),
  );
}

/** Whether the first declaration of a name follows a docstring. */
function isDocumented(name: string, file: string): boolean {
  const lines = readFileSync(file, 'utf8').split('\n');
  const declares = new RegExp(`^export (?:async )?(?:function\\*?|const|class|interface|type) ${name}\\b`);
  const at = lines.findIndex((line) => declares.test(line));
  return at > 0 && lines[at - 1]!.trim().endsWith('*/');
}

it.each(readdirSync(packages))('every public export of @ds/%s has a docstring', (name) => {
  const source = path.join(packages, name, 'src');
  const indexes = ['index.ts', 'testing/index.ts'].map((file) => path.join(source, file));
  const missing = indexes
    .filter((index) =>
      readdirSync(source, { recursive: true, encoding: 'utf8' }).includes(path.relative(source, index)),
    )
    .flatMap(exportsOf)
    .filter((each) => !isDocumented(each.name, each.file))
    .map((each) => `${path.relative(source, each.file)}: ${each.name}`);
  expect(missing).toEqual([]);
});
