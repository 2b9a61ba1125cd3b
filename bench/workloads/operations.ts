/** An operation as `ops` measures it: tensors by shape, and how often it is differentiated. */
export interface OperationParameters {
  readonly operation: OperationName;
  /** With the gradients of all float inputs. */
  readonly backward: boolean;
  /** Whose operations and kernels. */
  readonly by: 'ours' | 'stock';
}

/** Sizes of a GPT of width 128 with 4 heads, at batch 4 and context 128: 512 rows. */
export const operationShapes = {
  'linear 512x128x512 + GELU': [[512, 128], [128, 512], [512]],
  'layerNorm 512x128': [[512, 128], [128], [128]],
  'gelu 512x512': [[512, 512]],
  'softmax 16x128x128': [[16, 128, 128]],
  'attention 4 heads, 4x128x128': [[4, 128, 384]],
  'cross entropy 512 of 65': [[512, 65]],
  'cross entropy 512 of 4096': [[512, 4096]],
  'embedding 512 of 4096x128': [[4096, 128]],
  'matMul 16 of 128x32x128': [
    [16, 128, 32],
    [16, 32, 128],
  ],
} as const satisfies Readonly<Record<string, readonly (readonly number[])[]>>;

export type OperationName = keyof typeof operationShapes;
