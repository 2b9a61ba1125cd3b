import { nonNegativeInteger } from '../number-kind.ts';
import type { ParamReader } from '../param-reader.ts';

/** The parameter `milestones`: a list of non-negative integers, as given. */
export function readMilestones(params: ParamReader): readonly number[] {
  return params.list('milestones').map((milestone, index) => {
    if (typeof milestone === 'number' && nonNegativeInteger.test(milestone)) return milestone;
    return params.refuse(`milestones[${index}]`, nonNegativeInteger.expected, milestone);
  });
}
