/** How a package is imported: `import()` by default. */
export type ImportModule = (specifier: string) => Promise<unknown>;

/** What came of preparing a backend. */
export type Attempt =
  | {
      readonly usable: true;
      /** What it runs on, in a few words. */
      readonly reason: string;
      /** Why it should not be taken unless asked for by name. */
      readonly onlyByName?: string;
    }
  | {
      readonly usable: false;
      readonly reason: string;
      /** What to do to make it usable. */
      readonly remedy: string;
    };

/** Tells whether this is Node (or Bun or Deno, which say they are). */
export function runsInNode(): boolean {
  return typeof process === 'object' && typeof process.versions?.node === 'string';
}

/** The error in one line; "not installed" where that is all it says. */
export function importFailure(specifier: string, error: unknown): string {
  const { code, message = String(error) } = error as { readonly code?: string; readonly message?: string };
  const missing = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
  return missing && message.includes(`'${specifier}'`)
    ? `${specifier} is not installed`
    : `${specifier} could not be loaded: ${message.split('\n')[0]}`;
}
