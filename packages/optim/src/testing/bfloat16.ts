import type { Optimizer } from '@ds/tensor';

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** The nearest bfloat16, ties to even; for finite values. */
export function roundToBfloat16(value: number): number {
  float[0] = value;
  const low = bits[0]! & 0xffff;
  const odd = (bits[0]! >>> 16) & 1;
  bits[0] = ((bits[0]! >>> 16) + (low > 0x8000 || (low === 0x8000 && odd === 1) ? 1 : 0)) << 16;
  return float[0];
}

/** Rounds all of an optimizer's arrays, as if they were kept in bfloat16. */
export async function roundState(optimizer: Optimizer): Promise<void> {
  const state = await optimizer.stateDict();
  for (const { tensors } of Object.values(state.parameters)) {
    for (const values of Object.values(tensors)) values.set(values.map(roundToBfloat16));
  }
  optimizer.loadStateDict(state);
}
