import { MonitorError } from './error.ts';
import { createMovingRate } from './moving-rate.ts';
import { plainLine } from './plain-line.ts';
import type { Metrics, ProgressState } from './progress-state.ts';
import { terminalLine } from './terminal-line.ts';

/** Redraws a second at most: more cannot be read. */
const REDRAW_MS = 100;

/** Assumed where a terminal does not tell its width. */
const DEFAULT_COLUMNS = 80;

/** Where progress is written: `process.stderr`, or anything else with `write`. */
export interface ProgressStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** What `createProgress` takes. */
export interface ProgressOptions {
  /** Steps in the whole run. */
  readonly total: number;
  /** Steps done before, when a run is resumed. Default 0. */
  readonly start?: number;
  /** What a step consists of, for the rate: `{ unit: 'tokens', perStep: 4096 }`. Default: steps. */
  readonly rate?: { readonly unit: string; readonly perStep: number };
  /** 0: nothing; 1 (default): a bar on a terminal, a line now and then elsewhere; 2: a line for every update. */
  readonly verbose?: 0 | 1 | 2;
  /** How often a line is written where there is no terminal. Default every 10 seconds; `steps` adds to `seconds`. */
  readonly every?: { readonly seconds?: number; readonly steps?: number };
  /** Default `process.stderr`, or the console where there is none. */
  readonly stream?: ProgressStream;
  /** Default: the stream is a terminal, and not a dumb one. */
  readonly isTerminal?: boolean;
  /** Default: the stream's width, read at every redraw. */
  readonly columns?: number;
  /** Default: on a terminal, unless the environment has NO_COLOR (https://no-color.org). */
  readonly isColored?: boolean;
  /** A clock in milliseconds. Default `performance.now`. */
  readonly now?: () => number;
}

/** Shows how a run advances. */
export interface Progress {
  /** Tells that `step` steps are done. Metrics are kept until they are given again. */
  update(step: number, metrics?: Metrics): void;
  /** Writes a line of text above the bar. */
  log(text: string): void;
  /** Writes the last state and ends the line; later calls do nothing. */
  done(): void;
}

/**
 * Shows how a run advances: a bar redrawn in place on a terminal, plain lines in pipes and logs.
 *
 * The rate and the time left are moving averages over 30 seconds; the last line has the average of the whole run.
 * There is no timer and nothing to clean up: it draws when it is told something.
 *
 * @throws MonitorError when `total`, `start` or `verbose` cannot be.
 *
 * @example
 * const progress = createProgress({ total: 1000, rate: { unit: 'tokens', perStep: 4096 } });
 * for (let step = 1; step <= 1000; step++) progress.update(step, { loss: 1 / step, lr: 3e-4 });
 * progress.done();
 * // 120/1000  12% ━━━╸━━━━━━━━━━━━━━━━━━━━━━━━━━  loss 0.008333  lr 3.000e-4  12.3k tokens/s  0:40 elapsed  4:53 left
 */
export function createProgress(options: ProgressOptions): Progress {
  const { total, start = 0, rate, verbose = 1, every = {}, now = () => performance.now() } = options;
  check(total, start, verbose);
  const stream = options.stream ?? defaultStream();
  const environment = globalThis.process?.env ?? {};
  const isTerminal = options.isTerminal ?? (stream.isTTY === true && environment['TERM'] !== 'dumb');
  const isColored = options.isColored ?? (isTerminal && !environment['NO_COLOR']);
  const isBar = isTerminal && verbose === 1;
  const { steps: everySteps = Number.POSITIVE_INFINITY, seconds: everySeconds = 10 } = every;

  const began = now();
  const speed = createMovingRate(began, start);
  let step = start;
  let metrics: Metrics = {};
  let shown: { time: number; step: number; isCurrent: boolean; width: number } | undefined;
  let isDone = false;

  const state = (time: number): ProgressState => {
    const elapsedSeconds = (time - began) / 1000;
    const isAtEnd = step >= total;
    const perSecond = isAtEnd ? (step - start) / elapsedSeconds : speed.perSecond();
    const isKnown = perSecond !== undefined && Number.isFinite(perSecond) && perSecond > 0;
    return {
      step,
      total,
      metrics,
      elapsedSeconds,
      ...(isKnown && { rate: { unit: rate?.unit ?? 'steps', perSecond: perSecond * (rate?.perStep ?? 1) } }),
      ...(isKnown && !isAtEnd && { secondsLeft: (total - step) / perSecond }),
    };
  };

  const columns = (): number => options.columns ?? stream.columns ?? DEFAULT_COLUMNS;

  /** Moves to where the bar begins. A terminal that became narrower has wrapped it over several rows. */
  const toStart = (): string => {
    const rows = Math.max(1, Math.ceil((shown?.width ?? 0) / Math.max(1, columns())));
    return rows === 1 ? '\r' : `\r\u001B[${rows - 1}A\u001B[J`;
  };

  const show = (time: number, above = ''): void => {
    if (!isBar) {
      stream.write(`${plainLine(state(time))}\n`);
      shown = { time, step, isCurrent: true, width: 0 };
      return;
    }
    // The last column stays free: a full line would wrap in some terminals.
    const width = Math.max(1, columns() - 1);
    const line = terminalLine(state(time), width, isColored);
    const text = above === '' ? '' : `${above}\u001B[K\n`;
    // The cursor is hidden within one write only, so that no way to end the process leaves it hidden.
    stream.write(`\u001B[?25l${toStart()}${text}${line}\u001B[K\u001B[?25h`);
    shown = { time, step, isCurrent: true, width: terminalLine(state(time), width, false).length };
  };

  const isDue = (time: number): boolean => {
    if (shown === undefined || verbose === 2 || step >= total) return true;
    if (isBar) return time - shown.time >= REDRAW_MS;
    return time - shown.time >= everySeconds * 1000 || step - shown.step >= everySteps;
  };

  return {
    update(reached, given) {
      if (isDone || verbose === 0) return;
      const time = now();
      step = reached;
      metrics = { ...metrics, ...given };
      speed.note(time, step);
      if (shown !== undefined) shown.isCurrent = false;
      if (isDue(time)) show(time);
    },
    log(text) {
      if (verbose === 0) return;
      if (isBar && shown !== undefined && !isDone) show(now(), text);
      else stream.write(`${text}\n`);
    },
    done() {
      if (isDone || verbose === 0) return;
      isDone = true;
      if (shown?.isCurrent === false) show(now());
      if (isBar && shown !== undefined) stream.write('\n');
    },
  };
}

function check(total: number, start: number, verbose: number): void {
  if (!(Number.isInteger(total) && total > 0)) {
    throw new MonitorError(`\`total\` is the number of steps in the run, 1 or more; got ${total}.`);
  }
  if (!(Number.isInteger(start) && start >= 0)) {
    throw new MonitorError(`\`start\` is the number of steps done before, 0 or more; got ${start}.`);
  }
  if (![0, 1, 2].includes(verbose)) {
    throw new MonitorError(
      `\`verbose\` is 0 (nothing), 1 (a bar) or 2 (a line for every update); got ${verbose}.`,
    );
  }
}

function defaultStream(): ProgressStream {
  return globalThis.process?.stderr ?? { write: (text) => console.log(text.trimEnd()) };
}
