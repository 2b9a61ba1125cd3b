/** A point in the picture, or `undefined` for a gap. */
export type PathPoint = readonly [x: number, y: number] | undefined;

/**
 * Writes a line through points as SVG path data; a gap interrupts it.
 *
 * @returns the path, and the points between two gaps, which no line reaches.
 */
export function linePath(points: readonly PathPoint[]): {
  readonly path: string;
  readonly dots: readonly (readonly [x: number, y: number])[];
} {
  let path = '';
  const dots: [number, number][] = [];
  for (const [index, point] of points.entries()) {
    if (point === undefined) continue;
    const [x, y] = [round(point[0]), round(point[1])];
    const isFirst = points[index - 1] === undefined;
    if (isFirst && points[index + 1] === undefined) dots.push([x, y]);
    else path += `${isFirst ? 'M' : 'L'}${x} ${y}`;
  }
  return { path, dots };
}

/** Hundredths of a pixel are more than can be seen. */
export function round(value: number): number {
  return Number(value.toFixed(2));
}
