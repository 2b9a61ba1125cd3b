import type { Rule } from '@ds/tensor';
import { InvalidArgumentError } from '@ds/tensor';

/**
 * Prints a float32 so that WGSL reads back exactly that number: in decimal where that is short and exact, else in
 * hexadecimal with a comment.
 *
 * @throws InvalidArgumentError when the value is infinite or NaN; `rule` is named in the message.
 */
export function float32Literal(value: number, rule: Rule): string {
  if (!Number.isFinite(value)) {
    throw new InvalidArgumentError(
      `Rule ${rule.name} has the constant ${value} (after rounding to float32 and folding), which WGSL cannot ` +
        'write. Pass it as a scalar, or use a large finite number.',
    );
  }
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const magnitude = Math.abs(value);
  if (Number.isInteger(magnitude * 64) && magnitude < 1e6) {
    return `${sign}${magnitude}${Number.isInteger(magnitude) ? '.0' : ''}f`;
  }
  const exponent = Math.max(-126, Math.floor(Math.log2(magnitude)));
  // 24 bits: the leading one (none for subnormals) and 23 of the fraction.
  const significand = magnitude * 2 ** (23 - exponent);
  const leading = Math.floor(significand / 2 ** 23);
  const fraction = ((significand % 2 ** 23) * 2).toString(16).padStart(6, '0').replace(/0+$/, '');
  const comment = Number(value.toPrecision(7));
  return `${sign}0x${leading}${fraction && `.${fraction}`}p${exponent}f /* ${comment} */`;
}
