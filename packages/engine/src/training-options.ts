import { InvalidArgumentError, nearestName, UnknownNameError } from '@ds/tensor';

const names: readonly string[] = [
  'model',
  'loss',
  'config',
  'optimizer',
  'lrScheduler',
  'trainingData',
  'collate',
  'shuffle',
  'seed',
  'onStep',
  'logger',
];

/** What is meant by names that are no slip of the right one. */
const synonyms: Readonly<Record<string, string>> = {
  data: 'trainingData',
  dataset: 'trainingData',
  criterion: 'loss',
};

/** Options that are functions, with how each is called. */
const functions = {
  loss: '(output, target) => scalar',
  collate: '(examples) => batch',
  onStep: '(report) => void',
} as const;

/**
 * Checks the names of the options of `initialize`, and those values that no other check would explain.
 *
 * For functions around `initialize`, which add options of their own and want slips named before they use any.
 *
 * @param given what `initialize` was called with.
 * @param more names that are options too; with `loss` among them, its value is left to the caller to check.
 * @throws UnknownNameError for a name, with the nearest right one; InvalidArgumentError for a value.
 *
 * @example
 * requireTrainingOptions({ model, config, verbose: true }, ['verbose']);
 */
export function requireTrainingOptions(given: unknown, more: readonly string[] = []): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new InvalidArgumentError(
      'initialize() takes one object with at least "model" and "config": ' +
        `initialize({ model, config: { train_batch_size: 32 } }); it was given ${describe(given)}.`,
    );
  }
  const known = [...names, ...more];
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    throw new UnknownNameError(
      'option of initialize()',
      name,
      known,
      synonyms[name] ?? nearestName(name, known),
    );
  }
  const options = given as Readonly<Record<string, unknown>>;
  for (const name of ['model', 'config']) {
    if (options[name] === undefined) throw new InvalidArgumentError(`initialize() needs "${name}".`);
  }
  for (const [name, form] of Object.entries(functions)) {
    const value = options[name];
    if (value === undefined || typeof value === 'function' || (name === 'loss' && more.includes('loss')))
      continue;
    throw new InvalidArgumentError(`"${name}" must be a function ${form}; it is ${describe(value)}.`);
  }
}

/** A value as a message shows it. */
function describe(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === 'function') return 'a function';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
