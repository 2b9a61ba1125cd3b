import { describe, expect, test } from 'vitest';
import { relaxedSimdModule, simdModule } from './embedded-modules.ts';

const compiler = await import('../../scripts/compile-assembly.ts').catch((error: unknown) => {
  console.log(`The test that embedded modules are up to date is skipped: no compiler. ${String(error)}`);
  return undefined;
});

test.skipIf(compiler === undefined)('are what assembly/ compiles to', async () => {
  const actual = { simdModule, relaxedSimdModule };
  const expected = {
    simdModule: await compiler!.compileAssembly(false),
    relaxedSimdModule: await compiler!.compileAssembly(true),
  };
  for (const name of ['simdModule', 'relaxedSimdModule'] as const) {
    const fresh = Buffer.from(expected[name]).toString('base64');
    // A plain comparison would print kilobytes.
    expect(actual[name] === fresh, `${name}: run \`pnpm --filter @ds/kernels build:assembly\``).toBe(true);
  }
});

describe.each([
  ['plain', simdModule],
  ['relaxed', relaxedSimdModule],
])('the %s module', (_, base64) => {
  const bytes = Buffer.from(base64, 'base64');

  test('leaves the memory alone until it is called: no data, no globals, no start function', () => {
    const allowed = { type: 1, import: 2, function: 3, export: 7, code: 10 };
    expect(sectionIds(bytes)).toEqual(Object.values(allowed));
  });

  test('takes a memory and nothing else', () => {
    // Sync compilation of a module for shared memory works wherever SIMD does.
    if (!WebAssembly.validate(bytes)) return;
    expect(WebAssembly.Module.imports(new WebAssembly.Module(bytes))).toEqual([
      { module: 'env', name: 'memory', kind: 'memory' },
    ]);
  });
});

/** The kinds of sections in a WebAssembly binary, in order. */
function sectionIds(bytes: Uint8Array): number[] {
  const ids: number[] = [];
  let at = 8;
  while (at < bytes.length) {
    ids.push(bytes[at++]!);
    let size = 0;
    let shift = 0;
    let byte;
    do {
      byte = bytes[at++]!;
      size |= (byte & 0x7f) << shift;
      shift += 7;
    } while (byte >= 0x80);
    at += size;
  }
  return ids;
}
