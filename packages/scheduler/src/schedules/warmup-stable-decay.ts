import { nonNegative, nonNegativeInteger, positiveInteger } from '../number-kind.ts';
import { requireChoice, requireKnownOptions, requireNumber } from '../schedule-options.ts';
import { defineSchedule, type Schedule } from '../schedule.ts';
import { interpolate } from './interpolate.ts';
import { extendPastTheEnd, type PastTheEnd } from './past-the-end.ts';
import { warmup } from './warmup.ts';

/** How the lr falls in the last phase of `warmupStableDecay`. */
export type DecayShape = 'linear' | 'cosine' | 'sqrt';

/** Options of `warmupStableDecay`. */
export interface WarmupStableDecayOptions {
  /** Steps of warm-up; 0 when not given. */
  readonly warmupSteps?: number;
  /** Steps at the peak. */
  readonly stableSteps: number;
  /** Steps of decay. */
  readonly decaySteps: number;
  /** `linear` (default), `cosine`, or `sqrt` for `1 - sqrt(progress)`. */
  readonly decay?: DecayShape;
  /** Learning rate at the end; 0 when not given. */
  readonly end?: number;
  /** Past the decay: `hold` the end (default), give `zero`, or `restart` with the warm-up. */
  readonly after?: PastTheEnd;
}

const remaining: Readonly<Record<DecayShape, (progress: number) => number>> = {
  linear: (progress) => 1 - progress,
  cosine: (progress) => (1 + Math.cos(Math.PI * progress)) / 2,
  sqrt: (progress) => 1 - Math.sqrt(progress),
};

/**
 * Warm-up, a plateau at `lr`, then a decay to `end`: a schedule that can go on as long as one likes before the
 * decay starts.
 *
 * Steps 0 to `warmupSteps` are those of `warmup`; the peak holds from there to `warmupSteps + stableSteps`
 * inclusive; `end` is reached at `warmupSteps + stableSteps + decaySteps` exactly.
 * Sources: MiniCPM, https://arxiv.org/abs/2404.06395; `sqrt`, https://arxiv.org/abs/2405.18392.
 *
 * @param lr peak learning rate, >= 0
 * @throws {SchedulerError} for an lr < 0, step counts that are not integers in range, or an unknown option.
 * @example
 * ```ts
 * import { warmupStableDecay } from '@ds/scheduler';
 *
 * const lr = warmupStableDecay(1e-3, { warmupSteps: 100, stableSteps: 800, decaySteps: 100 });
 * [lr(100), lr(900), lr(950), lr(1000)]; // 1e-3, 1e-3, 5e-4, 0
 * ```
 */
export function warmupStableDecay(lr: number, options: WarmupStableDecayOptions): Schedule {
  const name = 'warmupStableDecay';
  requireKnownOptions(name, options, ['warmupSteps', 'stableSteps', 'decaySteps', 'decay', 'end', 'after']);
  const { warmupSteps = 0, stableSteps, decaySteps, decay = 'linear', end = 0, after = 'hold' } = options;
  requireNumber(name, 'lr', lr, nonNegative);
  requireNumber(name, 'warmupSteps', warmupSteps, nonNegativeInteger);
  requireNumber(name, 'stableSteps', stableSteps, nonNegativeInteger);
  requireNumber(name, 'decaySteps', decaySteps, positiveInteger);
  requireNumber(name, 'end', end, nonNegative);
  requireChoice(name, 'decay', decay, Object.keys(remaining));
  const rising = warmup(lr, { steps: warmupSteps });
  const falling = warmupSteps + stableSteps;
  return defineSchedule(
    name,
    extendPastTheEnd(name, falling + decaySteps, after, (step) =>
      step <= falling ? rising(step) : interpolate(end, lr, remaining[decay]((step - falling) / decaySteps)),
    ),
  );
}
