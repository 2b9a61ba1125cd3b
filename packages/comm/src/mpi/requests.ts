import type { MpiLibrary } from './library.ts';

/** What waits for MPI to finish a request. */
interface Pending {
  /** Keeps the buffer alive, which MPI reads or writes. */
  readonly bytes: Uint8Array;
  readonly finish: () => void;
}

/** Requests on their way. */
export interface Requests {
  /** Takes the request that MPI wrote into `handle`. */
  add(handle: BigInt64Array | Int32Array, pending: Pending): void;
  /** Finishes what is done, and tells whether there was any. */
  test(): boolean;
  /** Lets another thread wait until one of those requests is done that no thread waits for; then calls `wake`. */
  waitElsewhere(wake: () => void): void;
}

/** Creates an empty list of requests. */
export function createRequests({
  createRequests: create,
  testsome,
  waitsome,
  ignoreStatuses,
}: MpiLibrary): Requests {
  let handles = create(64);
  let pendings: Pending[] = [];
  let indices = new Int32Array(64);
  const count = new Int32Array(1);

  const push = (handle: bigint | number, pending: Pending): void => {
    if (pendings.length === handles.length) {
      const larger = create(2 * handles.length);
      (larger as BigInt64Array).set(handles as BigInt64Array);
      [handles, indices] = [larger, new Int32Array(larger.length)];
    }
    handles[pendings.length] = handle;
    pendings.push(pending);
  };
  /** Finishes those whose positions MPI gave, and returns what is left of the list. */
  const settle = (list: readonly Pending[], done: Int32Array): readonly number[] => {
    for (const index of done) list[index]!.finish();
    const gone = new Set(done);
    return Array.from(list.keys()).filter((index) => !gone.has(index));
  };

  return {
    add: (handle, pending) => push(handle[0]!, pending),
    test() {
      if (pendings.length === 0) return false;
      testsome(pendings.length, handles, count, indices, ignoreStatuses);
      if (count[0]! <= 0) return false;
      const kept = settle(pendings, indices.subarray(0, count[0]));
      kept.forEach((index, at) => (handles[at] = handles[index]!));
      pendings = kept.map((index) => pendings[index]!);
      return true;
    },
    waitElsewhere(wake) {
      if (pendings.length === 0) return;
      const [taken, waited, done, found] = [pendings, handles, indices, new Int32Array(1)];
      handles = create(64);
      indices = new Int32Array(64);
      pendings = [];
      waitsome.async(taken.length, waited, found, done, ignoreStatuses, () => {
        for (const index of settle(taken, done.subarray(0, found[0]))) push(waited[index]!, taken[index]!);
        wake();
      });
    },
  };
}
