// Trains a byte-level GPT on the TypeScript declarations and lets it write: `npm start -- --help`.
import '@tensorflow/tfjs-layers'; // Registers tfjs's gradients.
import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import process from 'node:process';
import {
  adamW,
  cosine,
  createProgress,
  createRandom,
  DsError,
  hasCheckpoint,
  initialize,
  selectBackend,
  warmup,
} from '@ds/deepspeed';
import * as tf from '@tensorflow/tfjs-core';
import type { Arguments } from './arguments.ts';
import { readArguments, usage, UsageError } from './arguments.ts';
import { drawCurves } from './curves.ts';
import type { Curves } from './curves.ts';
import { loadCorpus, unigramBits, windows } from './data.ts';
import { crossEntropy, gptBlocks, sizes } from './model.ts';
import { sample } from './sample.ts';

/** Nats to bits: the loss of a byte model in nats, divided by ln 2, is bits per byte. */
const bits = (nats: number): number => nats / Math.LN2;

async function main({ steps, size, batch, data, backend, out, resume }: Arguments): Promise<void> {
  const { layers, heads, width, context } = sizes[size];
  const corpus = loadCorpus(data);
  const training = windows(corpus.training, context);
  const heldOut = windows(corpus.heldOut, context);

  const selected = await selectBackend(backend === undefined ? {} : { backend });
  console.log(`Backend: ${selected.name}, ${selected.reason}.`);

  const peak = 3e-3;
  const warmupSteps = Math.max(1, Math.round(steps / 20));
  const { engine } = await initialize({
    model: gptBlocks({ layers, heads, width, context }),
    loss: (logits: tf.Tensor, targets: tf.Tensor) => tf.tidy(() => crossEntropy(logits, targets)),
    config: { train_batch_size: batch, gradient_clipping: 1 },
    optimizer: adamW({
      learningRate: peak,
      betas: [0.9, 0.95],
      weightDecay: 0.1,
      groups: [{ parameters: (entry) => entry.shape.length < 2, weightDecay: 0 }],
    }),
    lrScheduler: warmup(cosine(peak, { steps: Math.max(1, steps - warmupSteps), end: peak / 20 }), {
      steps: warmupSteps,
    }),
    trainingData: training,
    collate: toBatch,
    seed: 1,
  });
  console.log(
    `Model: ${size}, ${layers} layers, ${heads} heads, width ${width}, context ${context}, ` +
      `${engine.model.layout.length.toLocaleString('en')} parameters.`,
  );
  console.log(
    `Text: ${corpus.name}, ${corpus.training.length.toLocaleString('en')} bytes to learn, ` +
      `${corpus.heldOut.length.toLocaleString('en')} held out.`,
  );

  const checkpoints = path.join(out, 'checkpoints');
  const curves: Curves = { training: [], heldOut: [], learningRate: [] };
  if (resume) {
    if (!(await hasCheckpoint(checkpoints))) {
      throw new UsageError(
        `--resume: there is no checkpoint in ${checkpoints}. Train without --resume first.`,
      );
    }
    const { clientState } = await engine.loadCheckpoint(checkpoints);
    Object.assign(curves, clientState['curves']);
    console.log(`Resuming after step ${engine.globalSteps} of ${steps}.`);
    if (engine.globalSteps >= steps)
      console.log(`Nothing is left to do; give more steps, as --steps ${2 * steps}.`);
  }
  mkdirSync(out, { recursive: true });

  const evaluate = async (): Promise<number> => {
    const rows = Math.min(batch, heldOut.length);
    const count = Math.min(16, Math.floor(heldOut.length / rows));
    const stride = Math.floor(heldOut.length / (count * rows));
    let sum = 0;
    for (let index = 0; index < count; index++) {
      const [tokens, targets] = toBatch(
        Array.from({ length: rows }, (_, row) => heldOut.get((index * rows + row) * stride)),
      );
      sum += await engine.evalBatch([tokens, targets]);
      tf.dispose([tokens, targets]);
    }
    return bits(sum / count);
  };
  const save = async (): Promise<void> => {
    await engine.saveCheckpoint(checkpoints, { clientState: { curves }, keep: 1 });
    await writeFile(path.join(out, 'loss.svg'), drawCurves(curves));
  };

  // The first Ctrl-C ends training after the step under way; with the handler gone, a second one ends the program.
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.once('SIGINT', interrupt);

  const progress = createProgress({
    total: steps,
    start: engine.globalSteps,
    rate: { unit: 'tokens', perStep: batch * context },
  });
  const evaluateEvery = Math.max(1, Math.floor(steps / 10));
  while (engine.globalSteps < steps && !stop.signal.aborted) {
    const [lr] = engine.getLr() as [number];
    const loss = bits(await engine.trainBatch());
    const step = engine.globalSteps;
    curves.training.push([step, loss]);
    curves.learningRate.push([step, lr]);
    progress.update(step, { 'bits/byte': loss, lr });
    if (step % evaluateEvery === 0 && step < steps) {
      curves.heldOut.push([step, await evaluate()]);
      await save();
    }
  }
  progress.done();
  process.off('SIGINT', interrupt);

  const heldOutBits = await evaluate();
  if (curves.heldOut.at(-1)?.[0] !== engine.globalSteps)
    curves.heldOut.push([engine.globalSteps, heldOutBits]);
  await save();
  if (stop.signal.aborted) {
    console.log(`Stopped after step ${engine.globalSteps} of ${steps}. Go on with: npm start -- --resume`);
  }
  const recent = curves.training.slice(-50);
  const trainingBits = recent.reduce((sum, [, loss]) => sum + loss, 0) / recent.length;
  console.log(
    `\nTraining loss   ${trainingBits.toFixed(3)} bits per byte (mean of the last ${recent.length} steps)`,
  );
  console.log(`Held-out loss   ${heldOutBits.toFixed(3)} bits per byte`);
  console.log(`Unigram model   ${unigramBits(corpus).toFixed(3)} bits per byte, on the same held-out text`);

  engine.eval();
  const text = await sample((tokens) => tf.tidy(() => engine.forward(tokens)), {
    prompt: 'interface ',
    length: 300,
    context,
    temperature: 0.7,
    random: createRandom(7),
  });
  // A model that has learned little writes control characters too, which a terminal would obey.
  console.log(`\nIt writes:\n${text.replaceAll(/(?!\n)\p{Cc}/gu, '\u00B7').replaceAll(/^/gm, '  | ')}\n`);
  await writeFile(path.join(out, 'sample.txt'), text);

  console.log(`Loss and learning rate   ${path.join(out, 'loss.svg')}`);
  console.log(`Sample                   ${path.join(out, 'sample.txt')}`);
  console.log(
    `Checkpoint               ${checkpoints} (--resume goes on from it, for example with more --steps)`,
  );
  engine.dispose();
  selected.dispose();
}

/** Stacks windows of `context + 1` bytes into inputs and targets, both int32 `[batch, context]`. */
function toBatch(rows: readonly Uint8Array[]): [tf.Tensor, tf.Tensor] {
  const context = rows[0]!.length - 1;
  const tokens = Int32Array.from(rows.flatMap((row) => [...row.subarray(0, context)]));
  const targets = Int32Array.from(rows.flatMap((row) => [...row.subarray(1)]));
  return [
    tf.tensor2d(tokens, [rows.length, context], 'int32'),
    tf.tensor2d(targets, [rows.length, context], 'int32'),
  ];
}

try {
  const given = readArguments(process.argv.slice(2));
  if (given === undefined) console.log(usage);
  else await main(given);
} catch (error) {
  if (error instanceof UsageError) console.error(`${error.message}\n\n${usage}`);
  // What our packages say is meant for people; faults of the program itself keep their stack.
  else console.error(DsError.isInstance(error) ? error.message : error);
  process.exitCode = 1;
}
