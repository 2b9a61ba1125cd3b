import { InvalidStateError, UnknownNameError } from '../error.ts';
import type { Model, ParameterGradient } from '../model.ts';
import type { Slab } from '../slab.ts';
import type { ConformanceCase } from './case.ts';
import { check, checkThrows } from './check.ts';
import { checkClose } from './ulp.ts';

/** A model under test, with something to feed it. */
export interface ModelSubject<T, S extends Slab, Input, Output> {
  readonly model: Model<T, S, Input, Output>;
  /** Makes the same input at every call; the suite releases it. */
  readonly input: () => Input;
  /** Computes a scalar loss from the output; called between `forward` and `backward`. */
  readonly loss: (output: Output) => T;
}

/** How strictly a model is checked. */
export interface ModelConformanceOptions {
  /** Largest difference between a gradient and the central difference, relative to the largest gradient. */
  readonly tolerance?: number;
  /** Step of the central differences; default 1e-2, which suits losses of order 1 in float32. */
  readonly epsilon?: number;
  /** How many elements of each parameter to try; default 6. */
  readonly samples?: number;
  /** Number of tensors that the runtime holds; the cases check that it does not grow. */
  readonly liveTensors?: () => number;
}

type Gradients = ReadonlyMap<string, Float32Array>;

/**
 * Everything that `Model` promises, as cases for any test runner.
 *
 * @param create makes a fresh subject with the same parameters at every call. Its loss must be smooth at the
 * input, must not be random, and every trainable parameter must matter.
 *
 * @example
 * // `makeSubject` returns a model with an input and a loss for it
 * for (const { name, run } of modelConformance(async () => makeSubject())) it(name, run);
 */
export function modelConformance<T, S extends Slab, Input, Output>(
  create: () => Promise<ModelSubject<T, S, Input, Output>>,
  { tolerance = 2e-3, epsilon = 1e-2, samples = 6, liveTensors = () => 0 }: ModelConformanceOptions = {},
): readonly ConformanceCase[] {
  type Subject = ModelSubject<T, S, Input, Output>;
  const withSubject = (name: string, body: (subject: Subject) => Promise<void>): ConformanceCase => ({
    name,
    async run() {
      const subject = await create();
      await body(subject);
      subject.model.dispose();
    },
  });

  return [
    withSubject('layout, blocks and parameters agree', async ({ model }) => {
      const names = new Set(model.blocks.flatMap((block) => block.parameters));
      check(
        new Set(model.blocks.map((block) => block.name)).size === model.blocks.length,
        'Block names must be unique.',
      );
      let offset = 0;
      for (const entry of model.layout.entries) {
        check(names.has(entry.name), `No block names parameter "${entry.name}".`);
        check(
          entry.offset === offset,
          `Parameter "${entry.name}" must begin at ${offset}, not ${entry.offset}.`,
        );
        offset += entry.length;
      }
      check(model.layout.length === offset, `The layout must be ${offset} elements long.`);
      for (const entry of [...model.layout.entries, ...model.frozen.entries]) {
        const { length } = model.parameter(entry.name);
        check(
          length === entry.length,
          `The slab of "${entry.name}" has ${length} elements, the layout ${entry.length}.`,
        );
      }
      await checkThrows(
        'an unknown parameter',
        () => model.parameter('no such parameter'),
        (error) => UnknownNameError.isInstance(error),
      );
    }),
    withSubject('gradients equal central differences', async (subject) => {
      const { model } = subject;
      const { gradients } = await step(subject);
      const largest = Math.max(...[...gradients.values()].map((values) => Math.max(...values.map(Math.abs))));
      for (const entry of model.layout.entries) {
        const gradient = gradients.get(entry.name);
        check(gradient !== undefined, `Parameter "${entry.name}" got no gradient.`);
        const values = await model.device.read(model.parameter(entry.name));
        const stride = Math.max(1, Math.floor(entry.length / samples));
        for (let index = 0; index < entry.length; index += stride) {
          const lossAt = async (value: number): Promise<number> => {
            model.device.write(model.parameter(entry.name), Float32Array.of(value), index);
            return evaluate(subject);
          };
          const above = await lossAt(values[index]! + epsilon);
          const below = await lossAt(values[index]! - epsilon);
          await lossAt(values[index]!);
          const difference = (above - below) / (2 * epsilon);
          check(
            Math.abs(gradient[index]! - difference) <= tolerance * largest,
            `d loss / d ${entry.name}[${index}] is ${gradient[index]}, the central difference ${difference}.`,
          );
        }
      }
    }),
    withSubject('blocks report last to first, each once, with their own parameters', async (subject) => {
      const { model } = subject;
      const { order } = await step(subject);
      const expected = model.blocks.map((block) => block.name).toReversed();
      check(order.join() === expected.join(), `Blocks came as ${order.join()}, expected ${expected.join()}.`);
    }),
    withSubject('the same step twice gives the same bits', async (subject) => {
      const first = await step(subject);
      const second = await step(subject);
      check(first.loss === second.loss, `The loss was ${first.loss}, then ${second.loss}.`);
      for (const [name, values] of first.gradients) {
        checkClose(`gradient of ${name}`, second.gradients.get(name) ?? [], values, 0);
      }
    }),
    withSubject('scale multiplies every gradient', async (subject) => {
      const plain = await step(subject);
      // A power of two scales without rounding.
      const scaled = await step(subject, 0.25);
      check(plain.loss === scaled.loss, 'The loss itself must not be scaled.');
      for (const [name, values] of plain.gradients) {
        checkClose(
          `gradient of ${name}`,
          scaled.gradients.get(name) ?? [],
          values.map((value) => value * 0.25),
          0,
        );
      }
    }),
    withSubject('writing a parameter changes the next forward pass', async (subject) => {
      const before = await evaluate(subject);
      const { name } = subject.model.layout.entries[0]!;
      const slab = subject.model.parameter(name);
      const values = await subject.model.device.read(slab);
      subject.model.device.write(
        subject.model.parameter(name),
        values.map((value) => value * 1.5 + 0.25),
      );
      check((await evaluate(subject)) !== before, `Rewriting "${name}" in place had no effect.`);
    }),
    withSubject('backward needs a recording, and takes it', async (subject) => {
      const { model } = subject;
      const wrongState = (error: unknown): boolean => InvalidStateError.isInstance(error);
      await checkThrows('backward before forward', () => model.backward(undefined as never), wrongState);
      const input = subject.input();
      const loss = subject.loss(model.forward(input));
      model.backward(loss);
      await checkThrows('a second backward', () => model.backward(loss), wrongState);
      const dropped = subject.loss(model.forward(input));
      model.discard();
      await checkThrows('backward after discard', () => model.backward(dropped), wrongState);
      model.discard();
      model.release(input);
    }),
    withSubject('a failure between forward and backward leaves the model usable', async (subject) => {
      const clean = await step(subject);
      const input = subject.input();
      subject.model.forward(input);
      const again = await step(subject);
      subject.model.release(input);
      check(clean.loss === again.loss, 'An abandoned forward pass changed the next one.');
      for (const [name, values] of clean.gradients) {
        checkClose(`gradient of ${name}`, again.gradients.get(name) ?? [], values, 0);
      }
    }),
    {
      name: 'nothing is left behind',
      async run() {
        const before = liveTensors();
        const subject = await create();
        await step(subject);
        await evaluate(subject);
        const running = liveTensors();
        const slabs = subject.model.device.memory().slabs;
        for (let count = 0; count < 3; count++) {
          await step(subject);
          await evaluate(subject);
        }
        check(liveTensors() === running, `Steps left ${liveTensors() - running} tensors behind.`);
        check(subject.model.device.memory().slabs === slabs, 'Steps left slabs behind.');
        subject.model.dispose();
        check(liveTensors() <= before, `${liveTensors() - before} tensors were left after dispose().`);
      },
    },
  ];
}

/** One forward and backward pass; gradients of shared parameters are added up. */
async function step<T, S extends Slab, Input, Output>(
  { model, input: makeInput, loss: lossOf }: ModelSubject<T, S, Input, Output>,
  scale?: number,
): Promise<{ loss: number; gradients: Gradients; order: readonly string[] }> {
  const order: string[] = [];
  const reads: Promise<readonly [string, Float32Array]>[] = [];
  const input = makeInput();
  const loss = lossOf(model.forward(input));
  const copies: S[] = [];
  model.backward(loss, {
    ...(scale === undefined ? {} : { scale }),
    onBlock(block, gradients: readonly ParameterGradient<S>[]) {
      order.push(block.name);
      for (const { name, gradient } of gradients) {
        check(
          block.parameters.includes(name),
          `Block "${block.name}" reported "${name}", which is not its own.`,
        );
        // The gradient is only valid here; the copy takes effect in program order.
        const copy = model.device.alloc(gradient.length);
        model.device.copy(copy, gradient);
        copies.push(copy);
        reads.push(model.device.read(copy).then((values) => [name, values] as const));
      }
    },
  });
  const value = await model.scalar(loss);
  const gradients = new Map<string, Float32Array>();
  for (const [name, values] of await Promise.all(reads)) {
    const sum = gradients.get(name);
    gradients.set(name, sum === undefined ? values : sum.map((one, index) => one + values[index]!));
  }
  for (const copy of copies) model.device.free(copy);
  model.release(input);
  return { loss: value, gradients, order };
}

/** The loss without a backward pass. */
async function evaluate<T, S extends Slab, Input, Output>({
  model,
  input: makeInput,
  loss: lossOf,
}: ModelSubject<T, S, Input, Output>): Promise<number> {
  const input = makeInput();
  const value = await model.scalar(lossOf(model.forward(input)));
  model.discard();
  model.release(input);
  return value;
}
