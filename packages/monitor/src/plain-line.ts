import { formatCount } from './format-count.ts';
import { formatDuration } from './format-duration.ts';
import { formatNumber } from './format-number.ts';
import type { Metrics, ProgressState } from './progress-state.ts';

/** Writes where a run stands as one line of text. */
export function plainLine(state: ProgressState): string {
  const { step, total, metrics } = state;
  return [
    `step ${step}/${total} (${percent(state)}%)`,
    ...metricTexts(metrics),
    ...rateTexts(state),
    elapsedText(state),
    ...leftTexts(state),
  ].join('  ');
}

/** Whole percent done, 100 only at the end. */
export function percent({ step, total }: ProgressState): number {
  return Math.min(100, Math.floor((100 * step) / total));
}

/** `loss 2.345`, for each metric. */
export function metricTexts(metrics: Metrics): string[] {
  return Object.entries(metrics).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? formatNumber(value) : value}`,
  );
}

/** `12.3k tokens/s`, or nothing before it is known. */
export function rateTexts({ rate }: ProgressState): string[] {
  return rate === undefined ? [] : [`${formatCount(rate.perSecond)} ${rate.unit}/s`];
}

/** `1:23 elapsed`. */
export function elapsedText({ elapsedSeconds }: ProgressState): string {
  return `${formatDuration(elapsedSeconds)} elapsed`;
}

/** `4:56 left`, or nothing before it is known. */
export function leftTexts({ secondsLeft }: ProgressState): string[] {
  return secondsLeft === undefined ? [] : [`${formatDuration(secondsLeft)} left`];
}
