import { parseArgs } from 'node:util';
import { nearestName } from '@ds/deepspeed';
import { sizes } from './model.ts';

/** A mistake on the command line, in plain words. */
export class UsageError extends Error {}

/** What the command line asked for. */
export interface Arguments {
  readonly steps: number;
  readonly size: keyof typeof sizes;
  readonly batch: number;
  readonly data: string | undefined;
  readonly backend: string | undefined;
  readonly out: string;
  readonly resume: boolean;
}

/** Shown for `--help`, and after an argument that cannot be understood. */
export const usage = `Trains a byte-level GPT and lets it write.

  npm start -- [options]

  --steps N       optimizer steps (default 1200)
  --size NAME     ${Object.keys(sizes).join(', ')} (default small)
  --batch N       sequences per step (default 8)
  --data FILE     text to learn (default: the TypeScript declarations)
  --backend NAME  tensorflow, webgpu, wasm or cpu (default: the best that works)
  --out FOLDER    where results go (default runs/gpt)
  --resume        continue from the checkpoint in that folder
  --help          show this`;

const options = {
  steps: { type: 'string', default: '1200' },
  size: { type: 'string', default: 'small' },
  batch: { type: 'string', default: '8' },
  data: { type: 'string' },
  backend: { type: 'string' },
  out: { type: 'string', default: 'runs/gpt' },
  resume: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

/**
 * Reads the command line; `undefined` when help was asked for.
 *
 * @throws UsageError
 */
export function readArguments(argv: readonly string[]): Arguments | undefined {
  for (const argument of argv) {
    const name = /^--([^=]+)/.exec(argument)?.[1];
    if (name !== undefined && !(name in options)) {
      const nearest = nearestName(name, Object.keys(options));
      throw new UsageError(
        `There is no option --${name}.${nearest === undefined ? '' : ` Did you mean --${nearest}?`}`,
      );
    }
  }
  const { values } = parse(argv);
  if (values.help) return undefined;
  if (!isSize(values.size)) {
    throw new UsageError(`--size must be one of ${Object.keys(sizes).join(', ')}; got "${values.size}".`);
  }
  return {
    steps: wholeNumber('--steps', values.steps),
    size: values.size,
    batch: wholeNumber('--batch', values.batch),
    data: values.data,
    backend: values.backend,
    out: values.out,
    resume: values.resume,
  };
}

function parse(argv: readonly string[]): ReturnType<typeof parseArgs<{ options: typeof options }>> {
  try {
    return parseArgs({ args: [...argv], options });
  } catch (error) {
    // Node's own words, for options without a value and for what is no option at all, are plain enough.
    throw new UsageError((error as Error).message);
  }
}

function isSize(name: string): name is keyof typeof sizes {
  return Object.hasOwn(sizes, name);
}

function wholeNumber(option: string, text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new UsageError(`${option} must be a whole number, 1 or more; got "${text}".`);
  return value;
}
