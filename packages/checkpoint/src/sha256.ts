import type * as Crypto from 'node:crypto';
import { UnavailableError } from '@ds/tensor';
import { concatenate } from './concatenate.ts';
import { importNode } from './storage/import-node.ts';

/**
 * Returns the SHA-256 of the chunks' concatenation in hexadecimal.
 *
 * Node hashes chunk by chunk; browsers can only hash one array, so there the chunks are copied together.
 *
 * @throws UnavailableError in a page served over plain HTTP, where browsers withhold `crypto.subtle`.
 */
export async function sha256(chunks: readonly Uint8Array[]): Promise<string> {
  const crypto = await importNode<typeof Crypto>('node:crypto');
  if (crypto !== undefined) {
    const hash = crypto.createHash('sha256');
    for (const chunk of chunks) hash.update(chunk);
    return hash.digest('hex');
  }
  const { subtle } = globalThis.crypto as Partial<typeof globalThis.crypto>;
  if (subtle === undefined) {
    throw new UnavailableError(
      'Checkpoints need crypto.subtle: serve the page over HTTPS or from localhost.',
    );
  }
  const digest = new Uint8Array(await subtle.digest('SHA-256', concatenate(chunks)));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
