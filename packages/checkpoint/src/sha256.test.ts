import { afterEach, describe, expect, it, vi } from 'vitest';
import { sha256 } from './sha256.ts';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);

// FIPS 180-4 example values, from NIST's "Examples with Intermediate Values".
const cases: [string, Uint8Array[], string][] = [
  ['abc', [text('abc')], 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'],
  [
    'abc in parts',
    [text('a'), text(''), text('bc')],
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  ],
  ['nothing', [], 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
  [
    'two blocks',
    [text('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq')],
    '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
  ],
];

describe('sha256', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it.each(cases)('in Node: %s', async (_, chunks, digest) => {
    expect(await sha256(chunks)).toBe(digest);
  });

  it.each(cases)('in a browser: %s', async (_, chunks, digest) => {
    vi.stubGlobal('process', undefined);
    expect(await sha256(chunks)).toBe(digest);
  });

  it('hashes shared memory, where slabs of several threads lie', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(3));
    shared.set(text('abc'));
    expect(await sha256([shared])).toBe(cases[0]![2]);
    vi.stubGlobal('process', undefined);
    expect(await sha256([shared])).toBe(cases[0]![2]);
  });

  it('says what to do where a page has no crypto', async () => {
    vi.stubGlobal('process', undefined);
    vi.stubGlobal('crypto', {});
    await expect(sha256([])).rejects.toThrow('serve the page over HTTPS or from localhost');
  });
});
