import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { UsageError } from './arguments.ts';

/** Text as bytes, apart for training and for testing what was learned. */
export interface Corpus {
  readonly name: string;
  readonly training: Uint8Array;
  readonly heldOut: Uint8Array;
}

/** Part of every file that is never trained on. */
const heldOutShare = 0.1;

/** Loads a file, or the TypeScript declarations that the installed `typescript` package ships. */
export function loadCorpus(file: string | undefined): Corpus {
  if (file === undefined) return split('TypeScript declarations', declarationFiles());
  if (!existsSync(file)) throw new UsageError(`--data: there is no file ${path.resolve(file)}.`);
  if (!statSync(file).isFile()) throw new UsageError(`--data: ${path.resolve(file)} is not a file.`);
  return split(path.basename(file), [file]);
}

function declarationFiles(): string[] {
  const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
  let folder = path.join(path.dirname(typescript), 'lib');
  if (!existsSync(path.join(folder, 'lib.es5.d.ts'))) {
    // TypeScript 7 keeps its declarations beside the compiler, in a package per platform.
    const platform = `@typescript/typescript-${process.platform}-${process.arch}/package.json`;
    folder = path.join(path.dirname(createRequire(typescript).resolve(platform)), 'lib');
  }
  // The web worker declarations repeat the DOM's: held-out text must not be a copy of training text.
  return readdirSync(folder)
    .filter((name) => /^lib\..*\.d\.ts$/.test(name) && !name.includes('webworker'))
    .toSorted()
    .map((name) => path.join(folder, name));
}

function split(name: string, files: readonly string[]): Corpus {
  const training: Buffer[] = [];
  const heldOut: Buffer[] = [];
  for (const file of files) {
    const bytes = readFileSync(file);
    const cut = Math.floor(bytes.length * (1 - heldOutShare));
    training.push(bytes.subarray(0, cut));
    heldOut.push(bytes.subarray(cut));
  }
  return { name, training: Buffer.concat(training), heldOut: Buffer.concat(heldOut) };
}

/**
 * Windows of `context + 1` bytes, each starting where the last one's input ended.
 *
 * @throws UsageError when the text is too short for one.
 */
export function windows(
  bytes: Uint8Array,
  context: number,
): { readonly length: number; get(index: number): Uint8Array } {
  const length = Math.floor((bytes.length - 1) / context);
  if (length < 1) {
    throw new UsageError(
      `--data: the text is too short. A tenth of it is held out, and both parts need at least ${context + 1} bytes ` +
        `for a context of ${context}: ${10 * (context + 1)} in all.`,
    );
  }
  return { length, get: (index) => bytes.subarray(index * context, (index + 1) * context + 1) };
}

/** Bits per byte of a model that knows only how often each byte occurs in the training text. */
export function unigramBits({ training, heldOut }: Corpus): number {
  const counts = new Float64Array(256).fill(1);
  for (const byte of training) counts[byte]! += 1;
  let bits = 0;
  for (const byte of heldOut) bits -= Math.log2(counts[byte]! / (training.length + 256));
  return bits / heldOut.length;
}
