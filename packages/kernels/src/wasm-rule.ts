import type { Rule } from '@ds/tensor';
import { InvalidArgumentError } from '@ds/tensor';
import { compileModule, instantiateRun, isShared } from './wasm-instance.ts';
import { wasmModule } from './wasm-module.ts';

/** A rule compiled for one WebAssembly memory. */
export interface WasmRule {
  /**
   * Runs the rule over `length` elements in place.
   *
   * @param addresses byte address of each of `rule.slots`, multiples of 4; broadcast slots hold one element.
   * @param scalars value of each of `rule.scalars`.
   * @throws InvalidArgumentError when an address or a scalar is missing. A range that leaves the memory traps
   * (`WebAssembly.RuntimeError`), possibly after elements before it were rewritten.
   */
  run(addresses: readonly number[], scalars: readonly number[], length: number): void;
}

const modules = {
  private: new WeakMap<Rule, WebAssembly.Module>(),
  shared: new WeakMap<Rule, WebAssembly.Module>(),
};

/**
 * Compiles a rule and binds it to a memory, private or shared, without a wait.
 *
 * The module of a rule object is compiled once, however many memories it is bound to. The memory may grow later.
 *
 * @throws UnavailableError when WebAssembly SIMD is missing or the module cannot be compiled here.
 * @throws InvalidArgumentError when the rule contradicts itself (see `traceRule`).
 *
 * @example
 * const memory = new WebAssembly.Memory({ initial: 1 });
 * const { run } = instantiateRule(scaleInto, memory); // target = target + factor * source
 * new Float32Array(memory.buffer).set([1, 2, 10, 20]);
 * run([0, 8], [0.5], 2); // the memory begins with 6, 12
 */
export function instantiateRule(rule: Rule, memory: WebAssembly.Memory): WasmRule {
  const shared = isShared(memory);
  const cache = shared ? modules.shared : modules.private;
  let module = cache.get(rule);
  if (module === undefined) {
    module = compileModule(wasmModule(rule, { shared }), `rule ${rule.name}`);
    cache.set(rule, module);
  }
  const kernel = instantiateRun(module, memory);
  const { length: slotCount } = rule.slots;
  const { length: scalarCount } = rule.scalars;
  return {
    run(addresses, scalars, length) {
      if (addresses.length !== slotCount || scalars.length !== scalarCount) {
        throw new InvalidArgumentError(
          `Rule ${rule.name} needs ${slotCount} addresses (${rule.slots.join(', ')}) and ${scalarCount} scalars ` +
            `(${rule.scalars.join(', ') || 'none'}); got ${addresses.length} and ${scalars.length}.`,
        );
      }
      kernel(length, ...addresses, ...scalars);
    },
  };
}
