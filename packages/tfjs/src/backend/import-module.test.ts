import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { importModule } from './import-module.ts';

it('can be bundled for a page where the optional packages are not installed', async () => {
  const { errors, outputFiles } = await build({
    stdin: {
      contents: readFileSync(new URL('import-module.ts', import.meta.url), 'utf8'),
      loader: 'ts',
      resolveDir: tmpdir(),
    },
    bundle: true,
    platform: 'browser',
    format: 'esm',
    write: false,
    logLevel: 'silent',
  });
  expect(errors).toEqual([]);
  expect(outputFiles[0]!.text).not.toMatch(/node:/);
});

it('passes on why a package could not be loaded', async () => {
  await expect(importModule('@tensorflow/no-such-package')).rejects.toThrow('@tensorflow/no-such-package');
});
