/** Milliseconds after which it is better to sleep: about what falling asleep and being woken take. */
const longest = 0.05;
/** A look when looking does not pay. */
const shortest = 0.002;
/** So many milliseconds of looking without any success show that there is no core for everyone. */
const vainLimit = 4;
/** After so many the scheduler gets another chance: it spreads threads that are awake, not those that sleep. */
const restMilliseconds = 100;

/**
 * Creates a function that looks whether an element has changed, for as long as that pays, and tells whether it has.
 *
 * With a core for every rank an answer comes sooner than sleep; without, looking takes the time that the answer needs.
 */
export function createSpin(array: Int32Array, index: number): (seen: number) => boolean {
  let inVain = 0;
  let restUntil = 0;
  return (seen) => {
    const begin = performance.now();
    const end = begin + (begin < restUntil ? shortest : longest);
    let now = begin;
    do {
      for (let look = 0; look < 20; look++) {
        if (Atomics.load(array, index) !== seen) {
          inVain = 0;
          return true;
        }
      }
      now = performance.now();
    } while (now < end);
    if (begin >= restUntil) inVain += now - begin;
    if (inVain > vainLimit) [inVain, restUntil] = [0, now + restMilliseconds];
    return false;
  };
}
