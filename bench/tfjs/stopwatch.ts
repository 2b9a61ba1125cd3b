import type { KernelConfig, KernelFunc } from '@tensorflow/tfjs-core';
import { getKernelsForBackend, registerKernel, unregisterKernel } from '@tensorflow/tfjs-core';

/** What one kernel took in one phase. */
interface StopwatchEntry {
  readonly phase: string;
  /** tfjs's name of a kernel, the name of a WebAssembly function of ours, or `outside kernels`. */
  readonly kernel: string;
  /** Without what it called and what is counted by itself. */
  readonly milliseconds: number;
  readonly calls: number;
}

/** Counts calls of kernels and WebAssembly functions, and their time. */
export interface Stopwatch {
  /** Counts calls of a backend's kernels, as they are registered now. */
  watchKernels(backendName: string): void;
  /** Counts what `run` does to a phase; what is in no kernel is `outside kernels`. */
  phase<T>(name: string, run: () => T): T;
  reset(): void;
  /** Longest first. */
  entries(): StopwatchEntry[];
}

/**
 * Starts to watch: from now on, functions of WebAssembly modules that come into being are counted.
 *
 * tfjs's own module counts as a part of the kernel that calls it. Only one at a time, for the whole process.
 */
export function createStopwatch(): Stopwatch {
  const entries = new Map<string, { phase: string; kernel: string; milliseconds: number; calls: number }>();
  /** Time spent in what the calls that are under way have called, innermost last. */
  const inner: number[] = [];
  let phase = '';

  const time = <T>(kernel: string, run: () => T): T => {
    inner.push(0);
    const begin = performance.now();
    const end = (): void => {
      const spent = performance.now() - begin;
      const milliseconds = spent - inner.pop()!;
      if (inner.length > 0) inner[inner.length - 1]! += spent;
      const key = `${phase} ${kernel}`;
      const entry = entries.get(key) ?? { phase, kernel, milliseconds: 0, calls: 0 };
      entry.milliseconds += milliseconds;
      entry.calls++;
      entries.set(key, entry);
    };
    const result = run();
    if (result instanceof Promise) return result.finally(end) as T;
    end();
    return result;
  };

  watchModules((kernel, run) => (phase === '' ? run() : time(kernel, run)));
  return {
    watchKernels(backendName) {
      for (const kernel of getKernelsForBackend(backendName)) {
        const { kernelName, kernelFunc } = kernel as KernelConfig;
        const timed: KernelFunc = (parameters) =>
          phase === '' ? kernelFunc(parameters) : time(kernelName, () => kernelFunc(parameters));
        unregisterKernel(kernelName, backendName);
        registerKernel({ ...kernel, kernelFunc: timed });
      }
    },
    phase(name, run) {
      phase = name;
      const result = time('outside kernels', run);
      if (result instanceof Promise) {
        return result.finally(() => {
          phase = '';
        }) as typeof result;
      }
      phase = '';
      return result;
    },
    reset: () => entries.clear(),
    entries: () => [...entries.values()].toSorted((a, b) => b.milliseconds - a.milliseconds),
  };
}

/** Makes instances of modules other than tfjs's tell when their functions are called. */
function watchModules(time: (name: string, run: () => unknown) => unknown): void {
  const Plain = WebAssembly.Instance;
  const Watched = function instance(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
    const { exports } = new Plain(module, imports);
    const watched = Object.entries(exports).map(([name, value]) => {
      if (typeof value !== 'function') return [name, value];
      const call = value as (...operands: number[]) => unknown;
      return [name, (...operands: number[]) => time(describe(name, operands), () => call(...operands))];
    });
    return { exports: Object.fromEntries(watched) as WebAssembly.Exports };
  };
  WebAssembly.Instance = Watched as unknown as typeof WebAssembly.Instance;
}

/** A product with its sizes, anything else by its name; compiled rules have one function. */
function describe(name: string, [, , , rows, columns, inner, transposeA, transposeB]: number[]): string {
  if (name === 'run') return 'rule';
  if (name !== 'gemm') return name;
  return `gemm ${rows}x${inner}${transposeA ? "'" : ''} ${inner}x${columns}${transposeB ? "'" : ''}`;
}
