import type { numpy as np } from '@jax-js/jax';
import { jit, nn, tree, valueAndGrad } from '@jax-js/jax';
import { adamState, adamStep } from '../jax/adam.ts';
import type { AdamState } from '../jax/adam.ts';
import { gptLogits } from '../jax/gpt.ts';
import { mlpLogits } from '../jax/mlp.ts';
import type { Values } from '../jax/values.ts';
import { fromValues, startJax } from '../jax/values.ts';
import type { Contender } from '../side.ts';
import { gptBatch, gptParameters } from '../workloads/gpt.ts';
import { mlpBatch, mlpParameters } from '../workloads/mlp.ts';
import type { TrainParameters } from '../workloads/workload.ts';
import { training } from '../workloads/workload.ts';

/** jax-js with the whole step in one `jit`, several times faster than with the gradients alone in it. */
export async function create({ workload, optimizer }: TrainParameters): Promise<Contender> {
  await startJax();
  const [first, batch] =
    workload.kind === 'mlp'
      ? [mlpParameters(workload), mlpBatch(workload)]
      : [gptParameters(workload), gptBatch(workload)];
  const loss = (p: Values, input: np.Array, target: np.Array): np.Array => {
    const logits =
      workload.kind === 'mlp'
        ? mlpLogits(p, input, workload)
        : gptLogits(p, nn.oneHot(input.reshape([-1]), workload.vocabulary), workload);
    const classes = logits.shape.at(-1)!;
    return nn.logSoftmax(logits).mul(nn.oneHot(target, classes)).sum(-1).mean().neg();
  };
  const weightDecay = optimizer === 'adam' ? 0 : training.weightDecay;
  const step = jit((p: Values, state: AdamState, input: np.Array, target: np.Array) => {
    const [value, gradients] = valueAndGrad(loss)(tree.ref(p), input, target);
    const [next, nextState] = adamStep(p, gradients, state, weightDecay);
    return [value, next, nextState] as [np.Array, Values, AdamState];
  });

  let parameters: Values = Object.fromEntries(first.map((value) => [value.name, fromValues(value)]));
  let state = adamState(parameters);
  const input = fromValues(batch.input);
  const target = fromValues(batch.target);
  return {
    async run() {
      const [value, next, nextState] = step(parameters, state, input.ref, target.ref);
      [parameters, state] = [next, nextState];
      return (await value.data())[0]!;
    },
    dispose() {
      tree.dispose([parameters, state, input, target]);
      step.dispose();
    },
  };
}
