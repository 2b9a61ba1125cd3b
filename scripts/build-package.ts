// Builds the package in the current folder: dist/esm and dist/cjs, each with JavaScript and declarations.
import { spawnSync } from 'node:child_process';
import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'tsup';

interface Manifest {
  readonly exports: Readonly<Record<string, string>>;
}

const { exports } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
const sources = Object.values(exports).filter((file) => file.endsWith('.ts'));
const entry = Object.fromEntries(
  sources.map((file) => [file.replace('./src/', '').replace(/\.ts$/, ''), file]),
);

rmSync('dist', { recursive: true, force: true });
for (const format of ['esm', 'cjs'] as const) {
  await build({
    entry,
    format,
    outDir: `dist/${format}`,
    outExtension: () => ({ js: '.js' }),
    platform: 'neutral',
    target: 'es2022',
    // tsup splits CommonJS with a tool that turns `import()` into `require`.
    splitting: format === 'esm',
    sourcemap: true,
    // `import.meta.url` has no equal in CommonJS; tsup's shim is one.
    shims: format === 'cjs',
    // `import()` of optional packages stays what it is, also where they are ESM only.
    esbuildOptions(options) {
      options.supported = { 'dynamic-import': true };
    },
    config: false,
    silent: true,
  });
}
writeFileSync('dist/cjs/package.json', '{ "type": "commonjs" }\n');

// tsup's own declarations need the JavaScript API that TypeScript 7 no longer has, so the compiler writes them.
const { status } = spawnSync('tsc', ['-b'], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
const declarations = readdirSync('dist/types', { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.d.ts'),
);
for (const file of declarations) {
  // Declarations keep the `.ts` of relative imports; what is published has `.js` files.
  const text = readFileSync(path.join('dist/types', file), 'utf8')
    .replaceAll(/(from '|import\(')(\.{1,2}\/[^']*)\.ts'/g, "$1$2.js'")
    .replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n');
  for (const format of ['esm', 'cjs']) {
    const target = path.join('dist', format, file);
    cpSync(path.join('dist/types', file), target);
    writeFileSync(target, text);
  }
}
