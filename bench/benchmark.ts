import type { Host } from './host.ts';
import type { Row } from './measure.ts';

/** What `cases/NAME.ts` exports as `bench`. */
export type Benchmark = (context: { readonly host: Host }) => AsyncIterable<Row>;

/** What it may export as `profile`, for `--profile`. */
export type Profile = (context: { readonly json: boolean }) => Promise<void>;
