export { decodeBfloat16, encodeBfloat16, roundToBfloat16 } from './bfloat16.ts';
export { decodeFloat16, encodeFloat16, roundToFloat16 } from './float16.ts';
export { decodeFloat8E4m3, decodeFloat8E5m2, encodeFloat8E4m3, encodeFloat8E5m2 } from './float8.ts';
