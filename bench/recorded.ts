import type { Host } from './host.ts';
import type { RecordedPeer } from './measure.ts';

/**
 * What tfjs-node 4.22.0 (native TensorFlow, one thread) was measured to do on this kind of machine, in steps per
 * second; its library cannot be downloaded everywhere, so it is not run again.
 */
export function tfjsNode({ kind }: Host, steps: number): RecordedPeer[] {
  return kind === 'node' ? [{ name: 'tfjs-node (recorded)', recorded: steps }] : [];
}

/** PyTorch, eager, one thread, fused AdamW, on this kind of machine; there is none to run here. */
export function pytorch({ kind }: Host, steps: number): RecordedPeer[] {
  return kind === 'node' ? [{ name: 'PyTorch (recorded)', recorded: steps }] : [];
}
