import { elapsedText, leftTexts, metricTexts, percent, rateTexts } from './plain-line.ts';
import type { ProgressState } from './progress-state.ts';

const LONGEST_BAR = 30;
const SHORTEST_BAR = 8;
const SEPARATOR = '  ';

/** Codes of "Select Graphic Rendition", ECMA-48. */
const style = { cyan: '\u001B[36m', green: '\u001B[32m', dim: '\u001B[2m', reset: '\u001B[0m' } as const;

/**
 * Draws where a run stands as one line with a bar, at most `width` characters long (colour codes apart).
 *
 * Where there is little room the bar shrinks, then these go, one by one: time elapsed, rate, all metrics but the first,
 * time left, the first metric, the bar.
 */
export function terminalLine(state: ProgressState, width: number, isColored: boolean): string {
  const { step, total } = state;
  const count = `${String(step).padStart(String(total).length)}/${total} ${String(percent(state)).padStart(3)}%`;
  const metrics = metricTexts(state.metrics);
  const rate = rateTexts(state);
  const elapsed = [elapsedText(state)];
  const left = leftTexts(state);

  const texts = (): string[] => [...metrics, ...rate, ...elapsed, ...left];
  const room = (): number =>
    width - count.length - 1 - texts().join('').length - SEPARATOR.length * texts().length;
  while (room() < SHORTEST_BAR && texts().length > 0) {
    if (elapsed.length > 0) elapsed.pop();
    else if (rate.length > 0) rate.pop();
    else if (metrics.length > 1) metrics.pop();
    else if (left.length > 0) left.pop();
    else metrics.pop();
  }
  const length = Math.min(LONGEST_BAR, room());
  if (length < SHORTEST_BAR) return count.slice(0, width);
  return [`${count} ${bar(step / total, length, isColored)}`, ...texts()].join(SEPARATOR);
}

/** A bar of `length` characters, exact to half of one. */
function bar(done: number, length: number, isColored: boolean): string {
  const halves = Math.floor(Math.min(1, done) * length * 2);
  const full = '━'.repeat(halves >> 1) + (halves % 2 === 1 ? '╸' : '');
  const rest = length - full.length;
  if (!isColored) return full + ' '.repeat(rest);
  return `${done >= 1 ? style.green : style.cyan}${full}${style.reset}${style.dim}${'━'.repeat(rest)}${style.reset}`;
}
