/**
 * Splits `length` elements into one contiguous part per rank, the first ones larger by one where it does not divide.
 *
 * @example
 * evenCounts(7, 3); // [3, 2, 2]
 */
export function evenCounts(length: number, ranks: number): number[] {
  const least = Math.floor(length / ranks);
  const larger = length % ranks;
  return Array.from({ length: ranks }, (_, rank) => (rank < larger ? least + 1 : least));
}
