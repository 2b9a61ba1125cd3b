const float = new Float32Array(1);
const bits = new Uint32Array(float.buffer);

/** Every float16 as a float32; made when first needed, because it takes 256 KiB. */
let float16Values: Float32Array | undefined;

/** Widens 16-bit floats, which is exact. */
export function widen(
  source: Uint16Array,
  target: Float32Array,
  format: 'float16' | 'bfloat16',
  length: number = source.length,
): void {
  if (format === 'bfloat16') {
    const words = new Uint32Array(target.buffer, target.byteOffset, target.length);
    for (let index = 0; index < length; index++) words[index] = source[index]! << 16;
    return;
  }
  float16Values ??= Float32Array.from({ length: 2 ** 16 }, (_, pattern) => float16Value(pattern));
  for (let index = 0; index < length; index++) target[index] = float16Values[source[index]!]!;
}

/** Rounds to 16-bit floats, to nearest with ties to even; what is too large becomes infinite. */
export function narrow(
  source: Float32Array,
  target: Uint16Array,
  format: 'float16' | 'bfloat16',
  length: number = source.length,
): void {
  const words = new Uint32Array(source.buffer, source.byteOffset, source.length);
  const round = format === 'bfloat16' ? bfloat16Pattern : float16Pattern;
  for (let index = 0; index < length; index++) target[index] = round(words[index]!);
}

function bfloat16Pattern(word: number): number {
  if ((word & 0x7fffffff) > 0x7f800000) return (word >>> 16) | 0x40; // A NaN must not round to infinity.
  return (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
}

function float16Pattern(word: number): number {
  const sign = (word >>> 16) & 0x8000;
  const magnitude = word & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00; // From 65520 on the nearest is infinite.
  if (magnitude >= 0x38800000) {
    // The exponent's bias falls from 127 to 15; a carry out of the fraction rightly raises it.
    return sign | ((magnitude - 0x38000000 + 0xfff + ((magnitude >>> 13) & 1)) >>> 13);
  }
  // Subnormal: adding 0.5 leaves in the low bits the multiple of 2^-24, rounded by the hardware.
  bits[0] = magnitude;
  float[0] = float[0]! + 0.5;
  return sign | (bits[0] - 0x3f000000);
}

function float16Value(pattern: number): number {
  const sign = pattern & 0x8000 ? -1 : 1;
  const exponent = (pattern >>> 10) & 0x1f;
  const fraction = pattern & 0x3ff;
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
