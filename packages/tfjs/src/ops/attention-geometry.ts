import type { AttentionSizes } from '@ds/kernels';

/** Where the rows of all heads lie in one of the input tensors, or in the output; distances in elements. */
export interface HeadPlaces {
  /** Which input; 0 for the output. */
  readonly tensor: number;
  readonly offset: number;
  readonly batch: number;
  readonly head: number;
  readonly row: number;
}

/** The sizes of an attention and where its operands lie. */
export interface AttentionGeometry extends AttentionSizes {
  readonly query: HeadPlaces;
  readonly key: HeadPlaces;
  readonly value: HeadPlaces;
  readonly out: HeadPlaces;
  readonly outShape: number[];
}

/** Inputs query, key and value, each `[batch, heads, time, size]`; output like query. */
export function separateGeometry(sizes: AttentionSizes): AttentionGeometry {
  const { batch, heads, queries, keys, size } = sizes;
  const places = (tensor: number, time: number): HeadPlaces => ({
    tensor,
    offset: 0,
    batch: heads * time * size,
    head: time * size,
    row: size,
  });
  return {
    ...sizes,
    query: places(0, queries),
    key: places(1, keys),
    value: places(2, keys),
    out: places(0, queries),
    outShape: [batch, heads, queries, size],
  };
}

/** One input `[batch, time, 3 * heads * size]`: queries, keys and values of all heads; output `[batch, time, heads * size]`. */
export function packedGeometry(sizes: AttentionSizes): AttentionGeometry {
  const { batch, heads, queries: time, size } = sizes;
  const width = heads * size;
  const places = (part: number): HeadPlaces => ({
    tensor: 0,
    offset: part * width,
    batch: 3 * time * width,
    head: size,
    row: 3 * width,
  });
  return {
    ...sizes,
    query: places(0),
    key: places(1),
    value: places(2),
    out: { tensor: 0, offset: 0, batch: time * width, head: size, row: width },
    outShape: [batch, time, width],
  };
}
