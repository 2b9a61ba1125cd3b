import { closedFormNode } from '../closed-form-node.ts';
import type { NodeFactory } from '../node.ts';
import { finite, nonNegative, positiveInteger } from '../number-kind.ts';

/** DeepSpeed's `LRRangeTest`: `lr = min_lr * (1 + step_rate * (n + 1) / step_size)`, in stairs or not. */
export const lrRangeTest: NodeFactory = (context) => {
  const { params } = context;
  params.allow(
    'lr_range_test_min_lr',
    'lr_range_test_step_size',
    'lr_range_test_step_rate',
    'lr_range_test_staircase',
  );
  const minLrs = params.perGroup('lr_range_test_min_lr', nonNegative, 1e-3);
  const stepSize = params.number('lr_range_test_step_size', positiveInteger, 2000);
  const stepRate = params.number('lr_range_test_step_rate', finite, 1);
  const staircase = params.boolean('lr_range_test_staircase', false);
  return closedFormNode(context, {
    counter: 'last_batch_iteration',
    lr(n, group) {
      const interval = (n + 1) / stepSize;
      return minLrs[group]! * (1 + stepRate * (staircase ? Math.floor(interval) : interval));
    },
  });
};
