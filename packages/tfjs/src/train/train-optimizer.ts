import type { NamedTensorMap, Scalar, serialization, Tensor, Variable } from '@tensorflow/tfjs-core';
import {
  clone,
  dispose,
  Optimizer as TfjsOptimizer,
  serialization as serializer,
} from '@tensorflow/tfjs-core';
import type { Optimizer, OptimizerDefinition, ParameterGroup } from '@ds/tensor';
import { createLayout, InvalidArgumentError, InvalidStateError, UnavailableError } from '@ds/tensor';
import { deviceForBackend } from '../devices/create-device.ts';
import type { TfjsDevice } from '../devices/tfjs-device.ts';
import type { TfjsSlab } from '../devices/tfjs-slab.ts';
import { describe } from '../describe.ts';
import { registeredVariables } from '../tfjs-internals.ts';
import type { CohortState, NamedTensor } from './optimizer-weights.ts';
import { decodeStates, encodeStates, renameStates } from './optimizer-weights.ts';

/** What a `tf.train` optimizer is to know before its first gradients. */
export interface TrainOptimizerOptions {
  /**
   * Everything the optimizer will ever update. Default: variables join as their first gradients come, which is fine
   * unless the definition has parameter groups and the first gradients are not of all of them.
   */
  readonly variables?: readonly Variable[];
}

/** Variables that were bound together, because their first gradients came together. */
interface Cohort {
  readonly names: readonly string[];
  readonly optimizer: Optimizer<TfjsSlab>;
  /** Each group's learning rate at the start, relative to the first group's. */
  readonly ratios: readonly number[];
}

/** A `tf.train.Optimizer` that updates with the rules of a definition, in place and in one pass over memory. */
export class TrainOptimizer extends TfjsOptimizer {
  /** Under this name tfjs finds the class when it loads a model. */
  static readonly className: string = 'DsTrainOptimizer';
  readonly #definition: OptimizerDefinition;
  readonly #variables: readonly Variable[];
  #device: TfjsDevice | undefined;
  #cohorts: Cohort[] = [];
  /** What `setLearningRate` was given before there was anything to give it to. */
  #learningRate: number | undefined;
  /** What `setWeights` was given, until the variables are known. */
  #saved: readonly CohortState[] = [];
  /** What `getWeights` gave out; tfjs does not dispose it. */
  #exported: Tensor[] = [];
  #minimizing = false;

  /** Use `trainOptimizer`. */
  constructor(definition: OptimizerDefinition, { variables = [] }: TrainOptimizerOptions = {}) {
    super();
    this.#definition = definition;
    this.#variables = variables;
  }

  override minimize(f: () => Scalar, returnCost?: boolean, variables?: Variable[]): Scalar | null {
    this.#minimizing = true;
    try {
      return super.minimize(f, returnCost, variables);
    } finally {
      this.#minimizing = false;
    }
  }

  /**
   * Updates variables, each with its own state whatever order or subset comes. Those without a gradient stay.
   *
   * @throws InvalidArgumentError for a name that is no variable's; InvalidStateError when tfjs's backend has changed.
   */
  override applyGradients(gradients: NamedTensorMap | NamedTensor[]): void {
    const entries = Array.isArray(gradients)
      ? gradients.map(({ name, tensor }) => [name, tensor as Tensor | null | undefined] as const)
      : Object.entries<Tensor | null | undefined>(gradients);
    const given = new Map<string, Tensor>();
    for (const [name, gradient] of entries) if (gradient) given.set(name, gradient);
    const device = this.#bind([...given.keys()]);
    // What a caller holds on to must not be used as scratch; a clone is only copied if it is written to.
    const owned = new Map(
      [...given].map(([name, tensor]) => [name, this.#minimizing ? tensor : clone(tensor)]),
    );
    try {
      for (const { optimizer } of this.#cohorts) {
        optimizer.step({
          parameter: (name) => device.adopt(variableNamed(name)),
          gradient: (name) => {
            const gradient = owned.get(name);
            return gradient && device.adopt(gradient);
          },
        });
      }
    } finally {
      if (!this.#minimizing) dispose([...owned.values()]);
    }
    this.incrementIterations();
  }

  /**
   * The first parameter group's learning rate.
   *
   * @throws InvalidStateError when it is not known before the first gradients.
   */
  getLearningRate(): number {
    return (
      this.#cohorts[0]?.optimizer.paramGroups[0]?.lr ?? this.#learningRate ?? this.#initialLearningRate()
    );
  }

  /**
   * Sets the learning rate; further parameter groups keep their ratio to the first. A schedule that the definition
   * has wins: it sets the rate anew at each step.
   */
  setLearningRate(learningRate: number): void {
    if (!(Number.isFinite(learningRate) && learningRate >= 0)) {
      throw new InvalidArgumentError(`A learning rate must be a number, 0 or more; got ${learningRate}.`);
    }
    this.#learningRate = learningRate;
    for (const cohort of this.#cohorts) applyLearningRate(cohort, learningRate);
  }

  /** The state by variable name. The tensors are valid until the next call, the next step or `dispose`. */
  override async getWeights(): Promise<NamedTensor[]> {
    const states = await Promise.all(
      this.#cohorts.map(async ({ names, optimizer }) => ({ names, state: await optimizer.stateDict() })),
    );
    dispose(this.#exported);
    const weights = [
      await this.saveIterations(),
      ...encodeStates(this.#cohorts.length > 0 ? states : this.#saved),
    ];
    this.#exported = weights.map(({ tensor }) => tensor);
    return weights;
  }

  /**
   * Continues from `getWeights()`, at the next step.
   *
   * @throws InvalidArgumentError when they were not saved by a `trainOptimizer`.
   */
  override async setWeights(weights: NamedTensor[]): Promise<void> {
    const saved = await decodeStates(weights);
    await this.extractIterations(weights);
    this.#disposeCohorts();
    this.#saved = saved;
  }

  override getConfig(): serialization.ConfigDict {
    return { type: this.#definition.type };
  }

  /** Frees the state. A later step starts anew. */
  override dispose(): void {
    this.#disposeCohorts();
    this.#releaseExported();
    this.#saved = [];
  }

  static override fromConfig<T extends serialization.Serializable>(
    cls: serialization.SerializableConstructor<T>,
    config: serialization.ConfigDict,
  ): T {
    const type = config['type'] as string;
    const definition = definitions.get(type);
    if (definition === undefined) {
      throw new UnavailableError(
        `The model was saved with a trainOptimizer of type ${type}. Hyperparameters may be functions, so they are ` +
          `not in the file: call trainOptimizer with the same definition before loading the model.`,
      );
    }
    return new cls(definition);
  }

  /** Makes sure that every named variable is in a cohort, on the device of the current backend. */
  #bind(given: readonly string[]): TfjsDevice {
    this.#releaseExported();
    const device = deviceForBackend();
    this.#device ??= device;
    if (device !== this.#device) {
      throw new InvalidStateError(
        `The optimizer's state is on the backend "${this.#device.name}", and tfjs now runs on "${device.name}". ` +
          `Create an optimizer after tf.setBackend.`,
      );
    }
    const wanted = [...new Set([...this.#variables.map(({ name }) => name), ...given])];
    for (const { names, state } of renameStates(this.#saved, wanted, isRegistered)) {
      this.#addCohort(device, names).optimizer.loadStateDict(state);
    }
    this.#saved = [];
    const known = new Set(this.#cohorts.flatMap(({ names }) => names));
    const names = wanted.filter((name) => !known.has(name));
    if (names.length > 0) {
      const cohort = this.#addCohort(device, names);
      if (this.#learningRate !== undefined) applyLearningRate(cohort, this.#learningRate);
    }
    return device;
  }

  #addCohort(device: TfjsDevice, names: readonly string[]): Cohort {
    const layout = createLayout(names.map((name) => ({ name, shape: variableNamed(name).shape })));
    const optimizer = this.#definition.create({ device, layout });
    const [first] = optimizer.paramGroups;
    const ratio = ({ lr }: ParameterGroup): number =>
      first === undefined || first.lr === 0 ? 1 : lr / first.lr;
    const cohort = { names, optimizer, ratios: optimizer.paramGroups.map(ratio) };
    this.#cohorts.push(cohort);
    return cohort;
  }

  #initialLearningRate(): number {
    let probe: Optimizer<TfjsSlab> | undefined;
    try {
      const layout = createLayout([{ name: 'probe', shape: [1] }]);
      probe = this.#definition.create({ device: deviceForBackend(), layout });
      return probe.paramGroups[0]!.lr;
    } catch (error) {
      throw new InvalidStateError(
        'The learning rate is not known before the first gradients, because parameter groups decide it.',
        { cause: error },
      );
    } finally {
      probe?.dispose();
    }
  }

  #disposeCohorts(): void {
    for (const { optimizer } of this.#cohorts) optimizer.dispose();
    this.#cohorts = [];
    this.#device = undefined;
  }

  #releaseExported(): void {
    dispose(this.#exported);
    this.#exported = [];
  }
}

/** The latest definition of each type, for models that are loaded together with their optimizer. */
const definitions = new Map<string, OptimizerDefinition>();

/**
 * Makes a `tf.train.Optimizer` of one of our optimizers, for `model.compile`, `minimize` and `applyGradients`.
 *
 * It runs on the device of the backend that is current at the first step. State is kept by variable name. Saving a
 * model with `includeOptimizer` saves the state; to load it, call `trainOptimizer` with the same definition first.
 *
 * @throws InvalidArgumentError for what is no definition, such as a name or a `tf.train` optimizer.
 *
 * @example
 * const optimizer = trainOptimizer(adamW({ learningRate: 1e-3 }));
 * model.compile({ optimizer, loss: 'meanSquaredError' });
 * await model.fit(xs, ys);
 * optimizer.dispose();
 */
export function trainOptimizer(
  definition: OptimizerDefinition,
  options?: TrainOptimizerOptions,
): TrainOptimizer {
  const { type, create } = Object(definition) as Partial<OptimizerDefinition>;
  if (typeof type !== 'string' || typeof create !== 'function') {
    throw new InvalidArgumentError(
      `trainOptimizer() needs an optimizer's definition, { type, create }, got ${describe(definition)}. Make one with ` +
        `@ds/optim: adamW({ learningRate: 1e-3 }), or optimizerDefinition({ type: 'AdamW' }) for a name.`,
    );
  }
  serializer.registerClass(TrainOptimizer);
  definitions.set(definition.type, definition);
  return new TrainOptimizer(definition, options);
}

function isRegistered(name: string): boolean {
  return registeredVariables()[name] !== undefined;
}

function variableNamed(name: string): Variable {
  const variable = registeredVariables()[name];
  if (variable === undefined) {
    throw new InvalidArgumentError(
      `There is no variable named "${name}" to apply a gradient to. Gradients are given by the variables' own names, ` +
        `as tf.variableGrads returns them.`,
    );
  }
  return variable;
}

function applyLearningRate({ optimizer, ratios }: Cohort, learningRate: number): void {
  for (const [index, group] of optimizer.paramGroups.entries()) group.lr = learningRate * ratios[index]!;
}
