/** As deep as the reference implementation's parser goes. */
const MAX_DEPTH = 128;

/**
 * Says what `JSON.parse` lets pass and a safe reader must not: a key that one object has twice, and nesting so deep
 * that it can only be meant to exhaust memory. `undefined` when there is neither.
 *
 * `JSON.parse` keeps the last of two equal keys without a word; two readers that differ in this see different
 * tensors in one file, which is why the format forbids it.
 *
 * @param text valid JSON.
 */
export function findJsonProblem(text: string): string | undefined {
  const scopes: Set<string>[] = [];
  let lastString = '';
  for (let at = 0; at < text.length; at++) {
    const character = text[at]!;
    if (character === '"') {
      const end = endOfString(text, at);
      lastString = text.slice(at, end);
      at = end - 1;
    } else if (character === '{' || character === '[') {
      if (scopes.length === MAX_DEPTH) return `is nested more than ${MAX_DEPTH} deep`;
      scopes.push(new Set());
    } else if (character === '}' || character === ']') {
      scopes.pop();
    } else if (character === ':') {
      const key = JSON.parse(lastString) as string;
      const keys = scopes.at(-1)!;
      if (keys.has(key)) return `has the key "${key}" twice`;
      keys.add(key);
    }
  }
  return undefined;
}

/** The index after the closing quote of the string that starts at `start`. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
