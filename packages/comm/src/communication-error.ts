import { DsError } from '@ds/tensor';

/**
 * A collective could not be finished; the communicator and its groups are unusable from then on.
 *
 * @example
 * try {
 *   await communicator.barrier();
 * } catch (error) {
 *   if (CommunicationError.isInstance(error)) console.log(error.ranks); // [2]
 * }
 */
export class CommunicationError extends DsError {
  static override readonly kind: string = 'CommunicationError';
  /** The ranks that are at fault, by their number in the world. */
  readonly ranks: readonly number[];

  constructor(message: string, ranks: readonly number[], options?: ErrorOptions) {
    super(message, options);
    this.ranks = ranks;
  }
}

/** A rank died, left early or stalled past the timeout. */
export class RankFailedError extends CommunicationError {
  static override readonly kind: string = 'RankFailedError';
}

/** Ranks called different collectives, or the same one with different lengths, formats or operations. */
export class CallMismatchError extends CommunicationError {
  static override readonly kind: string = 'CallMismatchError';
}
