import type { LayoutEntry } from '@ds/tensor';

/**
 * Selects what weight decay is usually kept from: parameters of fewer than two dimensions (biases, gains of norms)
 * and those that the model labels `norm` or `bias`.
 *
 * @example
 * adamW({ weightDecay: 0.1, groups: [{ parameters: biasesAndNorms, weightDecay: 0 }] });
 */
export function biasesAndNorms(entry: LayoutEntry): boolean {
  return entry.shape.length < 2 || entry.group === 'norm' || entry.group === 'bias';
}
