import { engine } from '@tensorflow/tfjs-core';

/** How much memory a run needed at its worst, above what there was before it. */
export interface Peak {
  /** Bytes in buffers; tensors that share one count once. */
  readonly buffers: number;
  /** Highest `tf.memory().numBytes`, which counts a shared buffer once per tensor. */
  readonly numBytes: number;
}

/** Watches every buffer that tfjs registers or lets go while `run` runs. */
export function peakBytes(run: () => void): Peak {
  const { state } = engine();
  const { tensorInfo } = state;
  const [set, remove] = [tensorInfo.set, tensorInfo.delete];
  const start = state.numBytes;
  let live = 0;
  let buffers = 0;
  let numBytes = 0;
  tensorInfo.set = function watchedSet(dataId, info) {
    live += info.bytes;
    buffers = Math.max(buffers, live);
    numBytes = Math.max(numBytes, state.numBytes - start);
    return set.call(this, dataId, info);
  };
  tensorInfo.delete = function watchedDelete(dataId) {
    live -= this.get(dataId)?.bytes ?? 0;
    return remove.call(this, dataId);
  };
  try {
    run();
  } finally {
    tensorInfo.set = set;
    tensorInfo.delete = remove;
  }
  return { buffers, numBytes };
}
