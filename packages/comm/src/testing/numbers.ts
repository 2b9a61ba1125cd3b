import { createRandom } from '@ds/tensor';
import type { Operation } from '../call.ts';
import type { Format, Values } from '../format.ts';

/** Numbers that rank `rank` contributes to a case, of very different sizes so that the order of additions shows. */
export function contribution(format: Format, length: number, rank: number): Values {
  const random = createRandom(1000 * rank + length + format.length);
  const spread = (): number => random.normal() * 10 ** (6 * random.uniform() - 3);
  switch (format) {
    case 'float32':
      return Float32Array.from({ length }, spread);
    case 'int32':
      return Int32Array.from({ length }, () => random.integer(2 ** 32) | 0);
    case 'bytes':
      return Uint8Array.from({ length }, () => random.integer(256));
    case 'float16':
      return Uint16Array.from({ length }, () => toFloat16(random.normal()));
    default:
      return Uint16Array.from({ length }, () => toBfloat16(random.normal()));
  }
}

/** The reduction in rank order, computed one number at a time in the plainest way there is. */
export function reduceNumbers(
  format: Format,
  operation: Operation,
  contributions: readonly Values[],
): Values {
  const first = contributions[0]!;
  const result = first.slice();
  for (let index = 0; index < first.length; index++) {
    const numbers = contributions.map((values) => decode(format, values[index]!));
    let value = numbers[0]!;
    for (const next of numbers.slice(1)) {
      if (operation === 'max') value = Math.max(value, next);
      else if (operation === 'min') value = Math.min(value, next);
      else value = format === 'int32' ? (value + next) | 0 : Math.fround(value + next);
    }
    if (operation === 'mean') value = Math.fround(value / contributions.length);
    result[index] = encode(format, value);
  }
  return result;
}

function decode(format: Format, pattern: number): number {
  if (format === 'bfloat16')
    return view(4, (data) => (data.setUint32(0, pattern * 65_536), data.getFloat32(0)));
  if (format !== 'float16') return pattern;
  const sign = pattern >= 0x8000 ? -1 : 1;
  const exponent = (pattern >> 10) & 31;
  const fraction = pattern & 1023;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1024 + fraction) * 2 ** (exponent - 25));
}

function encode(format: Format, value: number): number {
  if (format === 'bfloat16') return toBfloat16(value);
  return format === 'float16' ? toFloat16(value) : value;
}

/** The nearest float16, found by its spacing: finite values below 65520 only. */
function toFloat16(value: number): number {
  const magnitude = Math.abs(value);
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude)));
  const spacing = 2 ** (exponent - 10);
  const steps = roundTiesToEven(magnitude / spacing);
  return (value < 0 ? 0x8000 : 0) + (exponent + 14) * 1024 + steps;
}

/** The nearest bfloat16, found by its spacing: finite normal values only. */
function toBfloat16(value: number): number {
  if (value === 0) return 0;
  const magnitude = Math.abs(value);
  const exponent = Math.max(-126, Math.floor(Math.log2(magnitude)));
  const steps = roundTiesToEven(magnitude / 2 ** (exponent - 7));
  return (value < 0 ? 0x8000 : 0) + (exponent + 126) * 128 + steps;
}

function roundTiesToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest > 0.5 ? below + 1 : below;
  return below % 2 === 0 ? below : below + 1;
}

function view<T>(bytes: number, use: (data: DataView) => T): T {
  return use(new DataView(new ArrayBuffer(bytes)));
}
