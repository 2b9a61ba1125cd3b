/** Tells whether this is Node, also in its worker threads. */
export const isNode: boolean =
  typeof process !== 'undefined' &&
  typeof process.versions === 'object' &&
  process.versions.node !== undefined;

/** Imports a module that only Node has, out of the sight of bundlers. */
export async function importNode<Module>(specifier: string): Promise<Module> {
  return (await import(/* @vite-ignore */ /* webpackIgnore: true */ specifier)) as Module;
}
