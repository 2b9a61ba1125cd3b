/** Hands out each wanted name once: a taken one gets `_1`, `_2`, ... appended, as in Keras. */
export function createNamer(): (wanted: string) => string {
  const taken = new Set<string>();
  return (wanted) => {
    let name = wanted;
    for (let count = 1; taken.has(name); count++) name = `${wanted}_${count}`;
    taken.add(name);
    return name;
  };
}

/**
 * Removes what tfjs-layers appends to names that it makes up: the class and a counter of the whole process.
 *
 * The counter depends on what else was built before, and checkpoints are keyed by name. Names that someone gave
 * stay as they are.
 *
 * @example
 * plainLayerName('dense_Dense12'); // 'dense'
 * plainLayerName('forward_gru_GRU1'); // 'forward_gru'
 * plainLayerName('head'); // 'head'
 */
export function plainLayerName(name: string): string {
  const [, lead, className] = /^(.+)_([A-Z][A-Za-z0-9]*?)\d+$/.exec(name) ?? [];
  if (lead !== undefined && className !== undefined) {
    const letters = (text: string): string => text.replaceAll('_', '').toLowerCase();
    if (letters(lead).endsWith(letters(className))) return lead;
  }
  return /^(sequential)_\d+$|^(model)\d+$/.exec(name)?.slice(1).find(Boolean) ?? name;
}
