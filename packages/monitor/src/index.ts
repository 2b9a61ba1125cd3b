export { createProgress } from './create-progress.ts';
export { MonitorError } from './error.ts';
export { lineChart } from './line-chart.ts';

export type { ScaleKind } from './axis-scale.ts';
export type { Progress, ProgressOptions, ProgressStream } from './create-progress.ts';
export type { ChartSeries, LineChartOptions } from './line-chart.ts';
export type { Metrics } from './progress-state.ts';
