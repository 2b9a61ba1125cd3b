/** Values to show beside the bar, by name and in this order. Numbers are shown with 4 significant digits. */
export type Metrics = Readonly<Record<string, number | string>>;

/** Where a run stands: all that a progress line shows. */
export interface ProgressState {
  readonly step: number;
  readonly total: number;
  readonly metrics: Metrics;
  /** What is counted per second, for example `tokens`, and how many. Absent until time has passed. */
  readonly rate?: { readonly unit: string; readonly perSecond: number };
  readonly elapsedSeconds: number;
  /** Absent until it can be told, and at the end. */
  readonly secondsLeft?: number;
}
