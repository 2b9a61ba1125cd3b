import { spawnSync } from 'node:child_process';
import { InvalidArgumentError, UnavailableError, UnknownNameError } from '@ds/tensor';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { noWebgpu } from '../../test/backends.ts';
import { createDevice } from '../devices/create-device.ts';
import type { ImportModule } from './attempt.ts';
import { importModule } from './import-module.ts';
import { selectBackend } from './select-backend.ts';

/** An import that fails as Node's does for a package that is not installed. */
function notInstalled(specifier: string): never {
  const error = new Error(`Cannot find package '${specifier}' imported from /somewhere/index.js`);
  throw Object.assign(error, { code: 'ERR_MODULE_NOT_FOUND' });
}

/** Imports as usual, except for the packages given; `undefined` is a package that is not installed. */
function importing(packages: Record<string, (() => unknown) | undefined>): ImportModule {
  return async (specifier) => {
    if (!(specifier in packages)) return importModule(specifier);
    return (packages[specifier] ?? (() => notInstalled(specifier)))();
  };
}

const noTensorflow = { '@tensorflow/tfjs-node': undefined, '@tensorflow/tfjs-node-gpu': undefined };

describe('selectBackend', () => {
  it('takes wasm where there is no GPU and no tfjs-node, and says why', async () => {
    const { name, reason, tried, device } = await selectBackend({
      importModule: importing({
        ...noTensorflow,
        webgpu: undefined,
        '@tensorflow/tfjs-backend-webgpu': undefined,
      }),
    });
    expect(name).toBe('wasm');
    expect(tf.getBackend()).toBe('wasm');
    expect(device.name).toBe('wasm');
    expect(tried.map((each) => each.name)).toEqual(['tensorflow', 'webgpu']);
    expect(reason).toMatch(
      /^WebAssembly on the CPU \(not tensorflow: .*tfjs-node is not installed; webgpu: /,
    );
  });

  it('takes cpu where nothing else is installed', async () => {
    const { name, tried } = await selectBackend({
      importModule: importing({
        ...noTensorflow,
        webgpu: undefined,
        '@tensorflow/tfjs-backend-webgpu': undefined,
        '@tensorflow/tfjs-backend-wasm': undefined,
      }),
    });
    expect(name).toBe('cpu');
    expect(tried.at(-1)).toEqual({
      name: 'wasm',
      reason: '@tensorflow/tfjs-backend-wasm is not installed',
    });
  });

  it('takes the backend asked for', async () => {
    const { name, reason, tried } = await selectBackend({ backend: 'cpu' });
    expect({ name, reason, tried }).toEqual({
      name: 'cpu',
      reason: 'plain JavaScript, as asked for',
      tried: [],
    });
    expect(tf.getBackend()).toBe('cpu');
  });

  it('says how to get a backend that was asked for and is not there, and keeps the one that was', async () => {
    await tf.setBackend('cpu');
    for (const [backend, packages, message] of [
      [
        'tensorflow',
        noTensorflow,
        /"tensorflow" cannot be used: .*not installed.*npm install @tensorflow\/tfjs-node@4\.22\.0/,
      ],
      [
        'wasm',
        { '@tensorflow/tfjs-backend-wasm': undefined },
        /npm install @tensorflow\/tfjs-backend-wasm@4\.22\.0/,
      ],
      [
        'webgl',
        { '@tensorflow/tfjs-backend-webgl': undefined },
        /npm install @tensorflow\/tfjs-backend-webgl@4\.22\.0/,
      ],
    ] as const) {
      const selecting = selectBackend({ backend, importModule: importing(packages) });
      await expect(selecting).rejects.toThrow(message);
      await expect(selecting).rejects.toSatisfy((error) => UnavailableError.isInstance(error));
      expect(tf.getBackend()).toBe('cpu');
    }
  });

  it('returns to the backend that was current when the one asked for does not start', async () => {
    await tf.setBackend('cpu');
    tf.registerBackend('broken', () => Promise.reject(new Error('on purpose')));
    await expect(selectBackend({ backend: 'broken' })).rejects.toThrow(/does not start/);
    expect(tf.getBackend()).toBe('cpu');
    tf.removeBackend('broken');
  });

  it('names the nearest backend for a name that is none', async () => {
    const selecting = selectBackend({ backend: 'wsam' });
    await expect(selecting).rejects.toThrow('Unknown backend "wsam". Did you mean "wasm"?');
    await expect(selecting).rejects.toSatisfy((error) => UnknownNameError.isInstance(error));
  });

  it('wants options, and says where a name goes', async () => {
    const byName = selectBackend('wasm' as never);
    await expect(byName).rejects.toThrow(/got "wasm"\. Write selectBackend\(\{ backend: 'wasm' \}\)/);
    await expect(byName).rejects.toSatisfy((error) => InvalidArgumentError.isInstance(error));
    await expect(selectBackend(null as never)).rejects.toThrow(/got null/);
  });

  it('tells a package that is broken from one that is not installed', async () => {
    const broken = (): never => {
      throw new Error('libtensorflow.so.2: cannot open shared object file\n  at somewhere');
    };
    const { tried } = await selectBackend({
      importModule: importing({
        '@tensorflow/tfjs-node-gpu': undefined,
        '@tensorflow/tfjs-node': broken,
        webgpu: undefined,
      }),
    });
    expect(tried[0]!.reason).toBe(
      '@tensorflow/tfjs-node-gpu is not installed; ' +
        '@tensorflow/tfjs-node could not be loaded: libtensorflow.so.2: cannot open shared object file',
    );
  });
});

describe('selectBackend with tfjs-node', () => {
  afterEach(() => {
    if (tf.findBackendFactory('tensorflow')) tf.removeBackend('tensorflow');
  });

  it('prefers it, imports -gpu first, and has given node:util back what it calls', async () => {
    // tfjs-node cannot be installed here; another backend under its name stands in for its kernels.
    await tf.setBackend('cpu');
    const cpu = tf.backend();
    const imported: string[] = [];
    const stub = async (): Promise<void> => {
      const util = (await import('node:util')).default as unknown as Record<
        string,
        (value: unknown) => boolean
      >;
      expect(util['isNullOrUndefined']!(undefined)).toBe(true);
      expect(util['isNullOrUndefined']!(0)).toBe(false);
      expect(util['isArray']!([])).toBe(true);
      imported.push('@tensorflow/tfjs-node');
      tf.registerBackend('tensorflow', () => Object.create(cpu) as tf.KernelBackend, 3);
      for (const kernel of tf.getKernelsForBackend('cpu')) {
        if (!tf.getKernel(kernel.kernelName, 'tensorflow'))
          tf.registerKernel({ ...kernel, backendName: 'tensorflow' });
      }
    };
    const { name, reason, device } = await selectBackend({
      importModule: importing({ '@tensorflow/tfjs-node-gpu': undefined, '@tensorflow/tfjs-node': stub }),
    });
    expect(imported).toEqual(['@tensorflow/tfjs-node']);
    expect(name).toBe('tensorflow');
    expect(reason).toBe("TensorFlow's own library, through @tensorflow/tfjs-node");
    expect(device.name).toBe('generic-tensorflow');
  });
});

describe.skipIf(noWebgpu)('selectBackend with webgpu', () => {
  it('leaves a software adapter alone unless it is asked for by name', async () => {
    const adapter = await navigator.gpu.requestAdapter();
    const selected = await selectBackend({ importModule: importing(noTensorflow) });
    const software = adapter!.info.isFallbackAdapter;
    expect(selected.name).toBe(software ? 'wasm' : 'webgpu');
    expect(selected.tried[1]?.reason ?? 'taken').toMatch(
      software ? /software, which is slower than wasm; ask for "webgpu"/ : /^taken$/,
    );
    const { name, reason } = await selectBackend({ backend: 'webgpu' });
    expect(name).toBe('webgpu');
    expect(reason).toMatch(/^WebGPU on .*, as asked for$/);
  });

  it('starts anew after dispose', async () => {
    const first = await selectBackend({ backend: 'webgpu' });
    const { device: gpu } = tf.backend() as unknown as { device: GPUDevice };
    first.dispose();
    expect((await gpu.lost).reason).toBe('destroyed');
    const second = await selectBackend({ backend: 'webgpu' });
    const slab = second.device.alloc(1);
    second.device.write(slab, Float32Array.of(4));
    expect(await second.device.sumOfSquares(slab)).toBe(16);
    second.device.free(slab);
  });
});

describe('a program that selects a backend', () => {
  const run = (...args: string[]): { name: string; reason: string; first: number } => {
    const { status, signal, stdout, stderr } = spawnSync(
      process.execPath,
      ['test/select-and-exit.ts', ...args],
      {
        cwd: new URL('../..', import.meta.url),
        encoding: 'utf8',
        timeout: 50_000,
      },
    );
    expect({ status, signal, stderr: status === 0 ? '' : stderr }).toEqual({
      status: 0,
      signal: null,
      stderr: '',
    });
    return JSON.parse(stdout.trim().split('\n').at(-1)!);
  };

  it.each(['auto', 'wasm', 'cpu'])('ends by itself: %s', (backend) => {
    expect(run(backend).first).toBe(32);
  });

  it.skipIf(noWebgpu).each(['idle', 'busy', 'dispose'])('ends by itself: webgpu, %s', (ending) => {
    expect(run('webgpu', ending)).toMatchObject({ name: 'webgpu', first: 32 });
  });
});

describe('createDevice', () => {
  it('needs a running backend', async () => {
    tf.registerBackend('late', () => Promise.reject(new Error('never starts')));
    expect(() => createDevice('late')).toThrow(/"late" is not running. Call `await tf.setBackend\('late'\)`/);
    tf.removeBackend('late');
    expect(() => createDevice('wsam')).toThrow(/Did you mean "wasm"/);
  });
});
