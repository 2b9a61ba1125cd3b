// Looking rows up in a table; `segmentSum` is its gradient.

/** Copies for each of `count` int32 ids that row of `table` (`width` elements) to `target`. Ids must be in range. */
export function gatherRows(target: usize, table: usize, ids: usize, count: usize, width: usize): void {
  const rowBytes = width * 4;
  for (let i: usize = 0; i < count; i++) {
    memory.copy(target, table + usize(load<u32>(ids)) * rowBytes, rowBytes);
    target += rowBytes;
    ids += 4;
  }
}
