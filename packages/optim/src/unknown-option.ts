import { UnknownNameError } from '@ds/tensor';

/** What people call options who come from PyTorch, DeepSpeed or tfjs, or from the other of config and code. */
const synonyms: Readonly<Record<string, string>> = {
  lr: 'learningRate',
  learningrate: 'lr',
  params: 'parameters',
  paramgroups: 'groups',
  epsilon: 'eps',
  beta1: 'betas',
  beta2: 'betas',
};

/** The error for an option or key that does not exist, with the one that is meant. */
export function unknownOption(what: string, given: string, known: readonly string[]): UnknownNameError {
  const meant = synonyms[given.toLowerCase().replaceAll(/[^a-z0-9]/g, '')];
  return meant !== undefined && known.includes(meant)
    ? new UnknownNameError(what, given, known, meant)
    : new UnknownNameError(what, given, known);
}
