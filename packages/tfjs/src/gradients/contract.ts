import type { Tensor } from '@tensorflow/tfjs-core';
import { broadcastTo, matMul, reshape, sum, transpose, util } from '@tensorflow/tfjs-core';

/** A tensor whose axes have names, one letter each. */
export interface Labelled {
  readonly tensor: Tensor;
  readonly labels: string;
}

/**
 * Multiplies tensors with axes of equal names aligned, and sums over all names that the result does not have.
 *
 * One matrix product does it: names of both operands and the result are its batches, names of both operands alone
 * its inner dimension. Names that only the result has are repeated, and `sizes` says how often.
 */
export function contract(
  a: Labelled,
  b: Labelled | undefined,
  labels: string,
  sizes: ReadonlyMap<string, number>,
): Tensor {
  const product = b === undefined ? sumOver(a, labels) : multiply(a, b, labels);
  const found = Array.from(labels)
    .filter((label) => product.labels.includes(label))
    .join('');
  const ordered = arrange(product, found);
  if (found === labels) return ordered;
  const single = Array.from(labels).map((label) => (found.includes(label) ? sizes.get(label)! : 1));
  const shape = Array.from(labels).map((label) => sizes.get(label)!);
  return broadcastTo(reshape(ordered, single), shape);
}

function multiply(left: Labelled, right: Labelled, labels: string): Labelled {
  const a = sumOver(left, labels + right.labels);
  const b = sumOver(right, labels + left.labels);
  const shared = Array.from(a.labels).filter((label) => b.labels.includes(label));
  const batch = shared.filter((label) => labels.includes(label)).join('');
  const inner = shared.filter((label) => !labels.includes(label)).join('');
  const rows = without(a.labels, batch + inner);
  const columns = without(b.labels, batch + inner);
  const matrices = (operand: Labelled, first: string, second: string): Tensor => {
    const ordered = arrange(operand, batch + first + second);
    const size = (names: string): number => util.sizeFromShape(shapeOf(operand, names));
    return reshape(ordered, [size(batch), size(first), size(second)]);
  };
  const product = matMul(matrices(a, rows, inner), matrices(b, inner, columns));
  const shape = [...shapeOf(a, batch), ...shapeOf(a, rows), ...shapeOf(b, columns)];
  return { tensor: reshape(product, shape), labels: batch + rows + columns };
}

/** Sums over the axes that are not wanted. */
function sumOver({ tensor, labels }: Labelled, wanted: string): Labelled {
  const axes = Array.from(labels).flatMap((label, axis) => (wanted.includes(label) ? [] : [axis]));
  if (axes.length === 0) return { tensor, labels };
  return {
    tensor: sum(tensor, axes),
    labels: Array.from(labels)
      .filter((label) => wanted.includes(label))
      .join(''),
  };
}

function arrange({ tensor, labels }: Labelled, order: string): Tensor {
  return labels === order
    ? tensor
    : transpose(
        tensor,
        Array.from(order).map((label) => labels.indexOf(label)),
      );
}

function without(labels: string, removed: string): string {
  return Array.from(labels)
    .filter((label) => !removed.includes(label))
    .join('');
}

function shapeOf({ tensor, labels }: Labelled, names: string): number[] {
  return Array.from(names).map((label) => tensor.shape[labels.indexOf(label)]!);
}
