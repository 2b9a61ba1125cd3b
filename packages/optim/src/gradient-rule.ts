import type { Rule, Transform, UpdateSlot } from '@ds/tensor';

/**
 * Turns a transform into the rule that leaves its update in the gradient's place, for optimizers that need to look
 * at the whole update (its norm, say) before they apply it.
 */
export function gradientRule<State extends string, Scalar extends string>(
  transform: Transform<State, Scalar>,
): Rule<UpdateSlot<State>, Scalar> {
  return {
    name: `${transform.name}_toGradient`,
    slots: ['parameter', 'gradient', ...transform.state],
    scalars: transform.scalars,
    update(algebra, slots, scalars) {
      const { parameter, gradient } = slots;
      const result = transform.update(algebra, gradient, { parameter, state: slots, scalars });
      return { ...result.state, gradient: result.update } as Partial<
        Record<UpdateSlot<State>, typeof parameter>
      >;
    },
  };
}
