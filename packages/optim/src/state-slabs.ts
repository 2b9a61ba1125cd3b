import type { Device, LayoutEntry, Rule, Slab } from '@ds/tensor';

const fill: Rule<'target', 'value'> = {
  name: 'fill',
  slots: ['target'],
  scalars: ['value'],
  update: (_algebra, _slots, { value }) => ({ target: value }),
};

interface StateSlab<S extends Slab> {
  readonly slab: S;
  /** Where each parameter's part begins, and at last where the slab ends. */
  readonly offsets: readonly number[];
  readonly initial: number;
}

/**
 * The state of one group of parameters: one slab per name, in which the group's parameters lie back to back.
 *
 * Neighbours in the group are therefore neighbours in every slab, so that one run of a rule can serve them all.
 */
export class StateSlabs<S extends Slab> {
  readonly #device: Device<S>;
  readonly #entries: readonly LayoutEntry[];
  readonly #slabs = new Map<string, StateSlab<S>>();

  constructor(device: Device<S>, entries: readonly LayoutEntry[]) {
    this.#device = device;
    this.#entries = entries;
  }

  /** Names of the state that is held, in order of allocation. */
  get names(): readonly string[] {
    return [...this.#slabs.keys()];
  }

  /** Number of elements in all slabs. */
  get elements(): number {
    return [...this.#slabs.values()].reduce((sum, { slab }) => sum + slab.length, 0);
  }

  /** Allocates the slab of this name unless it is there; `length` says how many elements a parameter has in it. */
  ensure(
    name: string,
    {
      length = (entry) => entry.length,
      initial = 0,
    }: { length?: (entry: LayoutEntry) => number; initial?: number } = {},
  ): void {
    if (this.#slabs.has(name)) return;
    const offsets = [0];
    for (const entry of this.#entries) offsets.push(offsets.at(-1)! + length(entry));
    const slab = this.#device.alloc(offsets.at(-1)!);
    this.#slabs.set(name, { slab, offsets, initial });
    if (initial !== 0) this.#fill(slab, 0, slab.length, initial);
  }

  /** The part of the slab that belongs to a parameter, by its position in the group. */
  operand(name: string, index: number): { slab: S; start: number } {
    const { slab, offsets } = this.#slabs.get(name)!;
    return { slab, start: offsets[index]! };
  }

  /** Number of elements that a parameter has in the slab. */
  length(name: string, index: number): number {
    const { offsets } = this.#slabs.get(name)!;
    return offsets[index + 1]! - offsets[index]!;
  }

  /** Waits for copies of all slabs; what runs on the device after the call does not show. */
  async read(): Promise<Map<string, Float32Array>> {
    const reads = [...this.#slabs].map(
      async ([name, { slab }]) => [name, await this.#device.read(slab)] as const,
    );
    return new Map(await Promise.all(reads));
  }

  /** A parameter's part of what `read` returned. */
  slice(name: string, index: number, values: Float32Array): Float32Array {
    const { offsets } = this.#slabs.get(name)!;
    return values.slice(offsets[index], offsets[index + 1]);
  }

  /** Overwrites a parameter's part; without values, with what it was at first. */
  write(name: string, index: number, values: Float32Array | undefined): void {
    const { slab, initial } = this.#slabs.get(name)!;
    const { start } = this.operand(name, index);
    if (values === undefined) this.#fill(slab, start, this.length(name, index), initial);
    else this.#device.write(slab, values, start);
  }

  #fill(slab: S, start: number, length: number, value: number): void {
    this.#device.compile(fill).run({ target: { slab, start } }, { value }, length);
  }

  dispose(): void {
    for (const { slab } of this.#slabs.values()) this.#device.free(slab);
    this.#slabs.clear();
  }
}
