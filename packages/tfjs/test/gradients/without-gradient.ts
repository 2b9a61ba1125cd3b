/** Kernels that no gradient can reach or pass, and why; everything else that tfjs has a name for is probed. */
export const withoutGradient: Readonly<Record<string, string>> = {
  ...because('its results are whole numbers, booleans or strings', [
    'All',
    'Any',
    'BitwiseAnd',
    'BroadcastArgs',
    'LogicalXor',
    'LowerBound',
    'Multinomial',
    'NonMaxSuppressionV3',
    'NonMaxSuppressionV4',
    'NonMaxSuppressionV5',
    'RaggedRange',
    'SearchSorted',
    'SparseReshape',
    'StaticRegexReplace',
    'StringNGrams',
    'StringSplit',
    'StringToHashBucketFast',
    'UpperBound',
  ]),
  ...because('it makes tensors of numbers, or numbers of tensors', [
    'Draw',
    'Fill',
    'FromPixels',
    'LinSpace',
    'Range',
  ]),
  ...because('no operation of tfjs runs it: others are put in its place', [
    'BroadcastTo',
    'LogSoftmax',
    'MatrixBandPart',
    'Pool',
  ]),
  ...because("tfjs's tape takes gradients of float32 only, and refuses those of complex numbers", [
    'Complex',
    'ComplexAbs',
    'FFT',
    'IFFT',
    'Imag',
    'Real',
  ]),
  ...because(
    'its operation brings its own gradient, and may refuse some of what it computes (see the readme)',
    ['FusedConv2D', 'FusedDepthwiseConv2D', '_FusedMatMul'],
  ),
  ...because('it is itself a gradient, which tfjs differentiates once only', [
    'AvgPool3DGrad',
    'AvgPoolGrad',
    'Conv2DBackpropFilter',
    'Conv3DBackpropFilterV2',
    'DepthwiseConv2dNativeBackpropFilter',
    'DepthwiseConv2dNativeBackpropInput',
    'Dilation2DBackpropFilter',
    'Dilation2DBackpropInput',
    'EluGrad',
    'LRNGrad',
    'MaxPool3DGrad',
    'MaxPoolGrad',
    'ResizeBilinearGrad',
    'ResizeNearestNeighborGrad',
  ]),
  ...because(
    'it prepares data, on cpu only (Unique also on wasm); TensorFlow has no gradient, or for few cases',
    ['RaggedGather', 'RaggedTensorToTensor', 'Unique'],
  ),
};

function because(reason: string, kernels: readonly string[]): Record<string, string> {
  return Object.fromEntries(kernels.map((kernel) => [kernel, reason]));
}
