import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

/** The file that holds the compiled modules. */
export const embeddedModulesFile: string = fileURLToPath(
  new URL('../src/heap/embedded-modules.ts', import.meta.url),
);

/** What the compiler prints; its type leaves out that it is text. */
interface Messages {
  toString(): string;
}

/** Compiles `assembly/index.ts`. */
export async function compileAssembly(relaxedSimd: boolean): Promise<Uint8Array> {
  let binary: Uint8Array | undefined;
  const { error, stderr: messages } = await main(
    [
      'index.ts',
      '--baseDir',
      fileURLToPath(new URL('../assembly', import.meta.url)),
      '--outFile',
      'module.wasm',
      // The memory is tfjs's: no runtime, so no heap and no static data of our own in it.
      '--runtime=stub',
      '--importMemory',
      // Limits of a shared memory; `heap-module.ts` rewrites them in place for one that is not.
      '--sharedMemory',
      '--initialMemory=1',
      '--maximumMemory=65536',
      '--enable=threads',
      '--enable=simd',
      ...(relaxedSimd ? ['--enable=relaxed-simd'] : []),
      '--optimizeLevel=3',
      '--converge',
      '--noAssert',
      // Functions between our own files exchange vectors, which the compiler takes for exports to JavaScript.
      '--disableWarning=112',
    ],
    {
      writeFile(_name, contents) {
        if (typeof contents !== 'string') binary = contents;
      },
    },
  );
  if (error !== null) {
    throw new Error(`assembly/ does not compile: ${error.message}\n${(messages as Messages).toString()}`);
  }
  return binary!;
}

/** The text of `embeddedModulesFile` for the source as it is now. */
export async function embeddedModulesText(): Promise<string> {
  const base64 = async (relaxedSimd: boolean): Promise<string> =>
    Buffer.from(await compileAssembly(relaxedSimd)).toString('base64');
  return `// Generated from assembly/ by \`pnpm --filter @ds/kernels build:assembly\`. Do not edit.

/** The kernels with 128-bit SIMD, base64. */
export const simdModule: string =
  '${await base64(false)}';

/** The kernels with relaxed SIMD too, base64. */
export const relaxedSimdModule: string =
  '${await base64(true)}';
`;
}
