import { InvalidArgumentError } from '@ds/tensor';

/** The file that names the tag to resume from, as in DeepSpeed. */
export const LATEST_FILE = 'latest';

/** The file in each tag's folder that lists the others. */
export const MANIFEST_FILE = 'checkpoint.json';

/** Letters that every file system keeps as they are, so that a checkpoint can be moved to any machine. */
const PORTABLE_NAME = /^[A-Za-z0-9_](?:[A-Za-z0-9._=+@-]{0,98}[A-Za-z0-9_=+@-])?$/;

/** Tells whether `name` can name a tag or a file on every file system. */
export function isPortableName(name: unknown): name is string {
  return typeof name === 'string' && PORTABLE_NAME.test(name);
}

/** @throws InvalidArgumentError when `tag` cannot name a checkpoint. */
export function checkTag(tag: string): void {
  if (isPortableName(tag) && tag.toLowerCase() !== LATEST_FILE) return;
  throw new InvalidArgumentError(
    `A tag is up to 100 letters, digits and . _ - + = @, begins with a letter, digit or _, does not end in a dot and ` +
      `is not "${LATEST_FILE}"; got ${JSON.stringify(tag)}. For example: global_step100.`,
  );
}

/** @throws InvalidArgumentError when the names cannot be the files of one checkpoint. */
export function checkFileNames(tensors: readonly string[], json: readonly string[]): void {
  const seen = new Map<string, string>([[MANIFEST_FILE, MANIFEST_FILE]]);
  const check = (name: string, ending: string, what: string): void => {
    if (!isPortableName(name) || !name.endsWith(ending)) {
      throw new InvalidArgumentError(
        `A file of ${what} is named with up to 100 letters, digits and . _ - + = @ and ends in ${ending}; got ` +
          `${JSON.stringify(name)}. For example: model${ending}.`,
      );
    }
    const other = seen.get(name.toLowerCase());
    if (other !== undefined) {
      throw new InvalidArgumentError(
        name === MANIFEST_FILE
          ? `The name ${MANIFEST_FILE} is kept for the list of the checkpoint's files. Choose another one.`
          : `The files "${other}" and "${name}" would be one file where names ignore case. Rename one.`,
      );
    }
    seen.set(name.toLowerCase(), name);
  };
  for (const name of tensors) check(name, '.safetensors', 'tensors');
  for (const name of json) check(name, '.json', 'plain data');
}
