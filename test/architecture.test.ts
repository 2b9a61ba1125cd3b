import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const root = path.dirname(import.meta.dirname);

/** Who may import whom, as `docs/architecture.md` has it. A package may use fewer. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  tensor: [],
  kernels: ['tensor'],
  tfjs: ['tensor', 'kernels'],
  amp: ['tensor'],
  comm: ['tensor', 'kernels'],
  scheduler: [],
  optim: ['tensor'],
  checkpoint: ['tensor'],
  monitor: [],
  engine: ['tensor', 'optim', 'scheduler', 'checkpoint'],
  deepspeed: ['tensor', 'kernels', 'tfjs', 'scheduler', 'optim', 'checkpoint', 'monitor', 'engine'],
};

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly sideEffects?: boolean;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

const manifestOf = (name: string): Manifest =>
  JSON.parse(readFileSync(path.join(root, 'packages', name, 'package.json'), 'utf8')) as Manifest;

const sourcesOf = (name: string): string[] =>
  readdirSync(path.join(root, 'packages', name, 'src'), { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !/\.test(-d)?\.ts$/.test(file),
  );

const importsOf = (name: string, file: string): string[] => {
  const text = readFileSync(path.join(root, 'packages', name, 'src', file), 'utf8');
  // Lines of a docstring's example begin with an asterisk.
  const code = text.replaceAll(/^\s*\*.*$/gm, '');
  const patterns = [
    /^(?:import|export)\s[^;]*?from '([^'.][^']*)'/gm,
    /^import '([^'.][^']*)'/gm,
    /\bimport\('([^'.][^']*)'\)/g,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1]!));
};

const packages = readdirSync(path.join(root, 'packages'));

it('knows every package', () => {
  expect(packages.toSorted()).toEqual(Object.keys(allowed).toSorted());
});

describe.each(packages)('@ds/%s', (name) => {
  const manifest = manifestOf(name);

  it('depends only on packages below it', () => {
    const own = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })
      .filter((dependency) => dependency.startsWith('@ds/'))
      .map((dependency) => dependency.replace('@ds/', ''));
    expect(own.filter((dependency) => !allowed[name]!.includes(dependency))).toEqual([]);
  });

  it('imports only what its manifest declares', () => {
    const declared = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
    const foreign = sourcesOf(name).flatMap((file) =>
      importsOf(name, file)
        .filter((specifier) => !specifier.startsWith('node:'))
        .map((specifier) => specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/'))
        .filter((specifier) => !declared.includes(specifier))
        .map((specifier) => `${file}: ${specifier}`),
    );
    expect(foreign).toEqual([]);
  });

  it('pins what it does not own exactly, and has no side effects', () => {
    const versions = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies });
    const loose = versions.filter(([, version]) => !/^(\d+\.\d+\.\d+|workspace:\^|catalog:)$/.test(version));
    expect(loose).toEqual([]);
    expect(manifest.sideEffects).toBe(false);
  });

  it('has a README that shows how to install it', () => {
    const readme = readFileSync(path.join(root, 'packages', name, 'README.md'), 'utf8');
    expect(readme).toContain(`npm install @ds/${name}`);
  });
});

it('all packages carry one version', () => {
  expect(new Set(packages.map((name) => manifestOf(name).version)).size).toBe(1);
});

it('only one file touches what tfjs does not document', () => {
  const internal = /engine\(\)(\.state| as)|\.dataIdMap\b|\.tensorMap\b|[bB]ackend\.wasm\b|\.memoryOffset\b/;
  const offenders = sourcesOf('tfjs').filter(
    (file) =>
      file !== 'tfjs-internals.ts' &&
      internal.test(
        readFileSync(path.join(root, 'packages/tfjs/src', file), 'utf8').replaceAll(/^\s*(\*|\/\/).*$/gm, ''),
      ),
  );
  expect(offenders).toEqual([]);
});
