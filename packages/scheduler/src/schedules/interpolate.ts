/** `from` at 0, `to` at 1, both exactly, straight in between. */
export function interpolate(from: number, to: number, progress: number): number {
  return from * (1 - progress) + to * progress;
}

/** `from` at 0, `to` at 1, both exactly, half a cosine wave in between. */
export function interpolateCosine(from: number, to: number, progress: number): number {
  return interpolate(from, to, (1 - Math.cos(Math.PI * progress)) / 2);
}
