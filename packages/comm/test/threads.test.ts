import { describe, expect, it } from 'vitest';
import { RankFailedError } from '../src/communication-error.ts';
import { launch, startRanks } from '../src/threads/launch.ts';
import { conformanceRuns, expectedChecksums } from './expected-checksums.ts';
import type { CaseResult } from './run-cases.ts';

const worker = (name: string): URL => new URL(`${name}.ts`, import.meta.url);

describe('threads', () => {
  describe.each(conformanceRuns())('conformance run %#', (...cases) => {
    const names = cases.map(({ name }) => name);
    const results = launch<Record<string, CaseResult>>(worker('conformance-worker'), {
      ranks: cases[0]!.ranks,
      data: { names },
    });
    results.catch(() => {});
    it.each(cases)('$name', async (each) => {
      const expected = await expectedChecksums(each);
      const found = (await results).map((result) => result[each.name]);
      expect(found).toEqual(expected.map((checksum) => ({ checksum })));
    });
  });

  it('returns what ranks return, and passes data', async () => {
    const results = await launch(worker('failing-worker'), { ranks: 3, data: { fails: -1 } });
    expect(results).toEqual([0, 10, 20]);
  });

  it('lets ranks end before others that go on', async () => {
    expect(await launch(worker('early-worker'), { ranks: 3 })).toEqual([0, 2, 2]);
  });

  it('ends the job when a rank throws, naming it and why', async () => {
    const error = await launch(worker('failing-worker'), { ranks: 3, data: { fails: 1 } }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(RankFailedError);
    expect(error).toMatchObject({
      ranks: [1],
      message: 'Rank 1 failed: Error: out of luck',
      cause: { message: 'out of luck' },
    });
  });

  it.each([1, 2, 3])('ends the job when a rank is killed, attempt %i', async () => {
    const ranks = await startRanks(worker('busy-worker'), { ranks: 3 });
    await new Promise((resolve) => {
      setTimeout(resolve, 300 + 300 * Math.random());
    });
    const begin = performance.now();
    await ranks.terminate(1);
    const outcomes = await ranks.outcomes;
    expect(performance.now() - begin).toBeLessThan(2000);
    for (const outcome of outcomes) {
      expect(outcome).toMatchObject({
        status: 'rejected',
        reason: {
          name: 'RankFailedError',
          ranks: [1],
          message: expect.stringContaining('Rank 1 died') as string,
        },
      });
    }
  });

  it.each(['async', 'blocking'])('ends the job when a rank stalls past the timeout, %s', async (form) => {
    const ranks = await startRanks(worker('stalling-worker'), {
      ranks: 3,
      timeout: 500,
      grace: 1000,
      data: { form },
    });
    const outcomes = await ranks.outcomes;
    const messages = outcomes.map((outcome) =>
      outcome.status === 'rejected' ? String(outcome.reason) : outcome.value,
    );
    expect(messages[0]).toMatch(
      /waited 500 ms in allReduce\(sum of 1000 float32\) as call 3 of group world for rank 2/,
    );
    expect(messages[1]).toMatch(
      /waited 500 ms in allReduce\(sum of 1000 float32\) as call 3 of group world for rank 2/,
    );
  });
});
