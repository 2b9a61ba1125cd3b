import { instantiateRule } from '@ds/kernels';
import type { WasmRule } from '@ds/kernels';
import type { Operation } from '../call.ts';
import { combineRules, divideRule } from '../reduction-rules.ts';
import type { SharedReach, Window } from '../shared-reach.ts';
import type { Transfer } from '../transport.ts';
import { createArena } from './arena.ts';

/** Bytes of a window before its slots: a line for the counter, and what several ranks' elements are combined in. */
const line = 64;
const scratchBytes = 16_384;
/** Small enough that what one rank writes is still in a cache when another reads it. */
const slotBytes = 2 ** 18;

/** Reaches the other ranks through the memory that all of them see. */
export function createThreadReach(memory: WebAssembly.Memory, ring: (rank: number) => void): SharedReach {
  const arena = createArena(memory);
  const windows = new Map<number, Window>();
  const counters = new Map<number, Int32Array>();
  const kernels = new Map<object, WasmRule>();
  const counter = (window: number): Int32Array => {
    let array = counters.get(window);
    if (array === undefined) {
      const { buffer, byteOffset } = arena.view(window, line);
      counters.set(window, (array = new Int32Array(buffer, byteOffset, 1)));
    }
    return array;
  };
  const kernel = (rule: Parameters<typeof instantiateRule>[0]): WasmRule => {
    let compiled = kernels.get(rule);
    if (compiled === undefined) kernels.set(rule, (compiled = instantiateRule(rule, memory)));
    return compiled;
  };
  const combine = (
    operation: Operation,
    target: number,
    first: number,
    second: number,
    bytes: number,
  ): void => kernel(combineRules[operation]).run([target, first, second], [], bytes / 4);

  return {
    slotBytes,
    ...arena,
    window(channel) {
      let window = windows.get(channel);
      if (window === undefined) {
        const address = arena.allocate(line + scratchBytes + 2 * slotBytes);
        window = { address, steps: 0, uses: 0 };
        windows.set(channel, window);
      }
      return window;
    },
    slot: (window, use) => window + line + scratchBytes + (use % 2) * slotBytes,
    arrive(window, peers) {
      const step = ++window.steps;
      Atomics.store(counter(window.address), 0, step);
      return peers.map((each): Transfer => {
        const theirs = counter(each.window);
        ring(each.rank);
        return {
          peer: each.rank,
          moved: 0,
          get done() {
            return Atomics.load(theirs, 0) - step >= 0;
          },
        };
      });
    },
    reduce(window, operation, sources, target, bytes) {
      const scratch = window + line;
      const [first, second, ...others] = sources as [number, number, ...number[]];
      const last = others.pop();
      if (last === undefined) combine(operation, target, first, second, bytes);
      else {
        for (let at = 0; at < bytes; at += scratchBytes) {
          const count = Math.min(scratchBytes, bytes - at);
          combine(operation, scratch, first + at, second + at, count);
          for (const other of others) combine(operation, scratch, scratch, other + at, count);
          // The target may be a source: it is written when all of them have been read.
          combine(operation, target + at, scratch, last + at, count);
        }
      }
      if (operation === 'mean') kernel(divideRule).run([target], [sources.length], bytes / 4);
    },
  };
}
