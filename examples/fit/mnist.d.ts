declare module 'mnist' {
  /** Images of one digit: 28 x 28 grey values in [0, 1], row by row. */
  interface Digit {
    readonly length: number;
    /** Images from `start` to `end`, both included. */
    range(start: number, end: number): number[][];
  }
  const digits: readonly Digit[];
  export default digits;
}
