import type { Device, Rule, Slab, Step } from '@ds/tensor';

/** The rules that a group has compiled, each once, under the rule's name. */
export class CompiledRules<S extends Slab> {
  readonly #device: Device<S>;
  readonly #steps = new Map<string, Step<S, string, string>>();

  constructor(device: Device<S>) {
    this.#device = device;
  }

  /** Compiles the rule unless one of its name has been compiled before. */
  step<Slot extends string, Scalar extends string>(rule: Rule<Slot, Scalar>): Step<S, Slot, Scalar> {
    const known = this.#steps.get(rule.name);
    if (known !== undefined) return known;
    const step = this.#device.compile(rule);
    this.#steps.set(rule.name, step);
    return step;
  }

  dispose(): void {
    for (const step of this.#steps.values()) step.dispose();
    this.#steps.clear();
  }
}
