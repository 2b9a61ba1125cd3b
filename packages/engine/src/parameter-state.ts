import type { SafetensorsTensors } from '@ds/checkpoint';
import type { LayoutEntry, Model, Slab } from '@ds/tensor';
import { nearestName } from '@ds/tensor';
import { CheckpointMismatchError } from './errors.ts';

type AnyModel<T, S extends Slab, Input, Output> = Pick<
  Model<T, S, Input, Output>,
  'device' | 'layout' | 'frozen' | 'parameter'
>;

/** Trainable and frozen parameters. */
function entriesOf<T, S extends Slab, Input, Output>(model: AnyModel<T, S, Input, Output>): LayoutEntry[] {
  return [...model.layout.entries, ...model.frozen.entries];
}

/** Waits for a copy of all parameters, frozen ones included. */
export async function readParameters<T, S extends Slab, Input, Output>(
  model: AnyModel<T, S, Input, Output>,
): Promise<SafetensorsTensors> {
  const read = entriesOf(model).map(async ({ name, shape }) => {
    const data = await model.device.read(model.parameter(name));
    return [name, { dtype: 'F32', shape, data }] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

/**
 * Checks that saved parameters are those of the model.
 *
 * @throws CheckpointMismatchError naming all that are missing, left over, or of another shape.
 */
export function requireParameters<T, S extends Slab, Input, Output>(
  where: string,
  model: AnyModel<T, S, Input, Output>,
  saved: SafetensorsTensors,
): void {
  const entries = entriesOf(model);
  const known = new Set(entries.map(({ name }) => name));
  const unexpected = Object.keys(saved).filter((name) => !known.has(name));
  const problems: string[] = [];
  for (const { name, shape } of entries) {
    const tensor = saved[name];
    if (tensor === undefined) {
      const nearest = nearestName(name, unexpected);
      const hint = nearest === undefined ? '' : ` (is it the saved "${nearest}"?)`;
      problems.push(`it lacks "${name}" [${shape.join(', ')}]${hint}`);
    } else if (tensor.dtype !== 'F32' || tensor.shape.join() !== shape.join()) {
      problems.push(
        `"${name}" is ${tensor.dtype} [${tensor.shape.join(', ')}] there and F32 [${shape.join(', ')}] in the model`,
      );
    }
  }
  for (const name of unexpected) problems.push(`its "${name}" is not in the model`);
  if (problems.length === 0) return;
  const shown = problems.slice(0, 10).map((problem) => `\n- ${problem}`);
  const more = problems.length > shown.length ? `\n- and ${problems.length - shown.length} more` : '';
  throw new CheckpointMismatchError(`${where} is of another model:${shown.join('')}${more}`);
}

/** Overwrites the model's parameters with saved ones that `requireParameters` accepted. */
export function writeParameters<T, S extends Slab, Input, Output>(
  model: AnyModel<T, S, Input, Output>,
  saved: SafetensorsTensors,
): void {
  for (const { name } of entriesOf(model))
    model.device.write(model.parameter(name), saved[name]!.data as Float32Array);
}
