import type * as FileSystem from 'node:fs/promises';
import { UnavailableError } from '@ds/tensor';
import type { Node, ParseError } from 'jsonc-parser';
import type { ConfigProblem } from '../errors.ts';
import { ConfigError } from '../errors.ts';
import { parseConfig } from './parse.ts';
import type { DeepSpeedConfig } from './schema.ts';

/**
 * Reads a configuration from a JSON file and checks it; comments and trailing commas are allowed.
 *
 * @param path a file that `node:fs` can open.
 * @throws ConfigError for wrong JSON (with line and column), for keys given twice, and as `parseConfig` does.
 * @throws UnavailableError where there are no files (browsers) or this one cannot be read.
 *
 * @example
 * const config = await readConfig('ds_config.json');
 */
export async function readConfig(path: string): Promise<DeepSpeedConfig> {
  return parseConfig(await parseJson(await readText(path), path), { source: path });
}

async function readText(path: string): Promise<string> {
  if (globalThis.process?.versions?.node === undefined) {
    throw new UnavailableError(
      `The configuration was given as the path "${path}", but there are no files here. Give the object itself.`,
    );
  }
  // The name reaches `import()` as a variable, so that bundlers for browsers do not try to resolve it.
  const name = 'node:fs/promises';
  const files = (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as typeof FileSystem;
  return files.readFile(path, 'utf8').catch((cause: unknown) => {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UnavailableError(
      `The configuration "${path}" cannot be read (${reason}). A relative path starts at ${process.cwd()}.`,
      { cause },
    );
  });
}

async function parseJson(text: string, path: string): Promise<unknown> {
  const { getNodeValue, parseTree, printParseErrorCode } = await import('jsonc-parser');
  const errors: ParseError[] = [];
  const root = parseTree(text, errors, { allowTrailingComma: true });
  const problems: ConfigProblem[] = errors.map(({ error, offset }) => ({
    path: '',
    message: `It is not JSON at ${place(text, offset)}: ${inWords(printParseErrorCode(error))}.`,
  }));
  if (root !== undefined) findDuplicates(root, '', text, problems);
  if (problems.length > 0 || root === undefined) throw new ConfigError(problems, { source: path });
  return getNodeValue(root) as unknown;
}

/** Reports keys that an object has twice: of which one would silently win. */
function findDuplicates(node: Node, path: string, text: string, problems: ConfigProblem[]): void {
  const first = new Map<string, number>();
  for (const child of node.children ?? []) {
    const [key, value] = child.type === 'property' ? (child.children ?? []) : [undefined, child];
    const name = key === undefined ? '' : String(key.value);
    const inner = [path, name].filter((part) => part !== '').join('.');
    const before = first.get(name);
    if (key !== undefined && before !== undefined) {
      problems.push({
        path: inner,
        message: `"${inner}" is given twice, at ${place(text, before)} and at ${place(text, key.offset)}. Keep one.`,
      });
    }
    if (key !== undefined) first.set(name, key.offset);
    if (value !== undefined) findDuplicates(value, inner, text, problems);
  }
}

function place(text: string, offset: number): string {
  const lines = text.slice(0, offset).split('\n');
  return `line ${lines.length}, column ${lines.at(-1)!.length + 1}`;
}

/** `CloseBraceExpected` as `close brace expected`. */
function inWords(code: string): string {
  return code.replaceAll(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
}
