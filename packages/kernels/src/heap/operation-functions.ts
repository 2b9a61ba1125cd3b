/** The functions of the heap module that fused training operations are made of. Addresses in bytes, elements float32. */
export interface OperationFunctions {
  /** Bytes of scratch that `attend` needs. */
  readonly attentionScratchBytes: (keys: number, size: number) => number;
  /** Attention of one head; rows are a stride of bytes apart, k and v share one. */
  readonly attend: (
    out: number,
    logSums: number,
    q: number,
    k: number,
    v: number,
    strideOut: number,
    strideQ: number,
    strideK: number,
    queries: number,
    keys: number,
    size: number,
    scale: number,
    causal: number,
    scratch: number,
  ) => void;
  /** Bytes of scratch that `attendGradient` needs. */
  readonly attentionGradientScratchBytes: (queries: number, keys: number, size: number) => number;
  /** Gradients of `attend`; those of k and v share a stride. */
  readonly attendGradient: (
    dq: number,
    dk: number,
    dv: number,
    dout: number,
    q: number,
    k: number,
    v: number,
    out: number,
    logSums: number,
    strideDq: number,
    strideDk: number,
    strideOut: number,
    strideQ: number,
    strideK: number,
    queries: number,
    keys: number,
    size: number,
    scale: number,
    causal: number,
    scratch: number,
  ) => void;
  /** A loss for each row of logits; labels are int32 and in range. */
  readonly crossEntropy: (
    losses: number,
    logits: number,
    labels: number,
    rows: number,
    classes: number,
  ) => void;
  /** Row i's loss has the gradient `factor` times the element at `gradient + i * gradientStep`. */
  readonly crossEntropyGradient: (
    target: number,
    logits: number,
    labels: number,
    gradient: number,
    gradientStep: number,
    factor: number,
    rows: number,
    classes: number,
  ) => void;
  /** Copies rows of a table; ids are int32 and in range. */
  readonly gatherRows: (target: number, table: number, ids: number, count: number, width: number) => void;
  /** GELU in its tanh form. */
  readonly geluAll: (target: number, source: number, length: number) => void;
  /** `target` may be `gradient`. */
  readonly geluGradient: (target: number, gradient: number, source: number, length: number) => void;
  /** `target` may be `gradient`; 0 where `output` is 0 or less. */
  readonly reluGradient: (target: number, gradient: number, output: number, length: number) => void;
  /** Layer normalization of rows, or of root mean squares when not `centred`; `bias` 0 is none. */
  readonly normalize: (
    target: number,
    x: number,
    gain: number,
    bias: number,
    rows: number,
    width: number,
    epsilon: number,
    centred: number,
  ) => void;
  /** Gradients of `normalize`; `dbias` 0 is none. */
  readonly normalizeGradient: (
    dx: number,
    dgain: number,
    dbias: number,
    dy: number,
    x: number,
    gain: number,
    rows: number,
    width: number,
    epsilon: number,
    centred: number,
  ) => void;
}
