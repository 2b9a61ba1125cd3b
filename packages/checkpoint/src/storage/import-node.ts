/**
 * Imports one of Node's own modules, or gives `undefined` where there is no Node.
 *
 * The name reaches `import()` as a variable, so that bundlers for browsers do not try to resolve it.
 */
export async function importNode<M>(name: `node:${string}`): Promise<M | undefined> {
  if (globalThis.process?.versions?.node === undefined) return undefined;
  return (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as M;
}
