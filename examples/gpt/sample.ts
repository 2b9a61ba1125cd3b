import type { Random } from '@ds/deepspeed';
import * as tf from '@tensorflow/tfjs-core';

export interface SampleOptions {
  readonly prompt: string;
  /** Number of bytes to write. */
  readonly length: number;
  readonly context: number;
  /** Below 1 the likely becomes likelier. */
  readonly temperature: number;
  readonly random: Random;
}

/**
 * Lets a model continue a prompt, byte by byte.
 *
 * @param logitsOf runs the model on int32 tokens `[1, time]`; its output `[1, time, 256]` is disposed here.
 */
export async function sample(
  logitsOf: (tokens: tf.Tensor) => tf.Tensor,
  { prompt, length, context, temperature, random }: SampleOptions,
): Promise<string> {
  const bytes = [...Buffer.from(prompt)];
  for (let count = 0; count < length; count++) {
    const window = bytes.slice(-context);
    const tokens = tf.tensor2d([window], [1, window.length], 'int32');
    const logits = logitsOf(tokens);
    const all = await logits.data<'float32'>();
    tf.dispose([tokens, logits]);
    bytes.push(draw(all.subarray(all.length - 256), temperature, random));
  }
  return Buffer.from(bytes).toString();
}

function draw(logits: Float32Array, temperature: number, random: Random): number {
  const largest = Math.max(...logits);
  const weights = Array.from(logits, (logit) => Math.exp((logit - largest) / temperature));
  let left = random.uniform() * weights.reduce((sum, weight) => sum + weight, 0);
  const found = weights.findIndex((weight) => (left -= weight) < 0);
  return found === -1 ? weights.length - 1 : found;
}
