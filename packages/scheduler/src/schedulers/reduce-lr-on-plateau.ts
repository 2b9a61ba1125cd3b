import { describeValue } from '../describe-value.ts';
import { SchedulerError } from '../error.ts';
import type { NodeFactory } from '../node.ts';
import { belowOne, finite, nonNegative, nonNegativeInteger } from '../number-kind.ts';
import { readCount, refuseState } from '../state-reader.ts';

/** PyTorch's `ReduceLROnPlateau`: times `factor` when the metric has not improved for `patience` steps. */
export const reduceLROnPlateau: NodeFactory = (context) => {
  const { params, where } = context;
  params.allow('mode', 'factor', 'patience', 'threshold', 'threshold_mode', 'cooldown', 'min_lr', 'eps');
  const mode = params.choice('mode', ['min', 'max'], 'min');
  const factor = params.number('factor', belowOne, 0.1);
  const patience = params.number('patience', nonNegativeInteger, 10);
  const threshold = params.number('threshold', finite, 1e-4);
  const thresholdMode = params.choice('threshold_mode', ['rel', 'abs'], 'rel');
  const cooldown = params.number('cooldown', nonNegativeInteger, 0);
  const minLrs = params.perGroup('min_lr', nonNegative, 0);
  const eps = params.number('eps', nonNegative, 1e-8);

  const worst = mode === 'min' ? Infinity : -Infinity;
  let [epoch, best, badEpochs, coolingDown] = [0, worst, 0, 0];
  const reset = (): void => {
    [epoch, best, badEpochs, coolingDown] = [0, worst, 0, 0];
  };
  const isBetter = (metric: number): boolean => {
    const sign = mode === 'min' ? -1 : 1;
    const bound = thresholdMode === 'rel' ? best * (1 + sign * threshold) : best + sign * threshold;
    return mode === 'min' ? metric < bound : metric > bound;
  };
  const reduce = (): void => {
    for (const [index, group] of context.groups().entries()) {
      const lr = Math.max(group.lr * factor, minLrs[index]!);
      if (group.lr - lr > eps) group.lr = lr;
    }
  };

  return {
    needsLastLr: true,
    start: reset,
    restart() {
      reset();
      for (const [index, group] of context.groups().entries()) group.lr = context.baseLrs[index]!;
    },
    advance(metric) {
      if (typeof metric !== 'number') {
        throw new SchedulerError(
          `${where}: step(metric) needs the watched value, got ${describeValue(metric)}.`,
          {
            code: 'invalid-value',
            where,
            subject: 'metric',
            given: metric,
            expected: 'a number',
          },
        );
      }
      epoch++;
      if (isBetter(metric)) [best, badEpochs] = [metric, 0];
      else badEpochs++;
      if (coolingDown > 0) [coolingDown, badEpochs] = [coolingDown - 1, 0];
      if (badEpochs > patience) {
        reduce();
        [coolingDown, badEpochs] = [cooldown, 0];
      }
    },
    save: () => ({
      last_epoch: epoch,
      // JSON has no infinities: best is one until the first finite metric.
      best: Number.isFinite(best) ? best : String(best),
      num_bad_epochs: badEpochs,
      cooldown_counter: coolingDown,
    }),
    load(state) {
      const loadedBest = Number(state['best']);
      if (state['best'] === null || Number.isNaN(loadedBest))
        refuseState(where, 'best', state['best'], 'a number');
      const count = (key: string): number => readCount(state, key, 0, where);
      [epoch, badEpochs, coolingDown] = [
        count('last_epoch'),
        count('num_bad_epochs'),
        count('cooldown_counter'),
      ];
      best = loadedBest;
    },
  };
};
