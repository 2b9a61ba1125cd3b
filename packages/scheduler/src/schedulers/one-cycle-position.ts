/** The shape of a DeepSpeed `OneCycle`. */
interface CycleShape {
  readonly first: number;
  readonly second: number;
  readonly firstStairs: number;
  readonly secondStairs: number;
}

/**
 * Where the cycle stands `offset` steps in, from 0 (min lr) to 1 (max lr) and back.
 *
 * With an empty second half the cycle ends on its peak, which DeepSpeed misses by wrapping to 0 there.
 */
export function oneCyclePosition(shape: CycleShape): (offset: number) => number {
  const { first, second, firstStairs, secondStairs } = shape;
  const total = first + second;
  const ratio = first / total;
  return (offset) => {
    if (second === 0 && offset >= total) return 1;
    const cycle = Math.floor(1 + offset / total);
    const x = 1 + offset / total - cycle;
    const rising = x <= ratio;
    const stairs = rising ? firstStairs : secondStairs;
    if (stairs <= 0) return rising ? x / ratio : (x - 1) / (ratio - 1);
    // Stairs are cut from the integer offset: the float position may lie just below a stair it is on.
    const within = offset % total;
    const stair = within <= first ? (within * stairs) / first : ((total - within) * stairs) / second;
    return Math.floor(stair) / stairs;
  };
}
