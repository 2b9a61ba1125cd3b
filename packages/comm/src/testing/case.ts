import type { Communicator } from '../communicator.ts';

/** One check that a communicator of `ranks` ranks must pass, run by all of them at once. */
export interface CommunicatorCase {
  readonly name: string;
  readonly ranks: number;
  /**
   * Returns a checksum of what this rank got: equal on all transports for the same rank.
   *
   * @throws ConformanceError when the communicator is at fault.
   */
  readonly run: (communicator: Communicator) => Promise<string>;
  /** The case ends the job: the communicator must be a fresh one, and is unusable afterwards. */
  readonly ends: boolean;
}
