import { stripVTControlCharacters } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Progress, ProgressOptions } from './create-progress.ts';
import { createProgress } from './create-progress.ts';
import { MonitorError } from './error.ts';

/** A progress with a clock and a stream of ours. */
function start(options: ProgressOptions): {
  progress: Progress;
  writes: string[];
  at(seconds: number): Progress;
  stream: { columns: number; isTTY: boolean };
} {
  let time = 5000;
  const writes: string[] = [];
  const stream = { write: (text: string) => writes.push(text), columns: 60, isTTY: false };
  const progress = createProgress({ stream, now: () => time, ...options });
  return {
    progress,
    writes,
    stream,
    at(seconds) {
      time = 5000 + seconds * 1000;
      return progress;
    },
  };
}

/** What a write shows, without the control sequences. */
const visible = (text: string): string => stripVTControlCharacters(text).replaceAll('\r', '');

afterEach(() => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
});

describe('without a terminal', () => {
  it('writes the first and the last line, and one every ten seconds', () => {
    const { at, writes } = start({ total: 30 });
    for (let step = 1; step <= 30; step++) at(step).update(step, { loss: 1 / step });
    at(31).done();
    expect(writes).toEqual([
      'step 1/30 (3%)  loss 1  1 steps/s  0:01 elapsed  0:29 left\n',
      'step 11/30 (36%)  loss 0.09091  1 steps/s  0:11 elapsed  0:19 left\n',
      'step 21/30 (70%)  loss 0.04762  1 steps/s  0:21 elapsed  0:09 left\n',
      'step 30/30 (100%)  loss 0.03333  1 steps/s  0:30 elapsed\n',
    ]);
  });

  it('writes every few steps or seconds when told to', () => {
    const { at, writes } = start({ total: 100, every: { steps: 4, seconds: 100 } });
    for (let step = 1; step <= 10; step++) at(step).update(step);
    expect(writes.map((line) => line.split(' ')[1])).toEqual(['1/100', '5/100', '9/100']);
  });

  it('writes the last state when a run ends early', () => {
    const { at, writes, progress } = start({ total: 100 });
    for (let step = 1; step <= 3; step++) at(step).update(step);
    progress.done();
    progress.done();
    progress.update(4);
    expect(writes.map((line) => line.split(' ')[1])).toEqual(['1/100', '3/100']);
  });

  it('counts what a step consists of, from where a run was resumed', () => {
    const { at, writes } = start({ total: 1000, start: 500, rate: { unit: 'tokens', perStep: 4096 } });
    at(2).update(510, { loss: 2 });
    expect(writes).toEqual(['step 510/1000 (51%)  loss 2  20.5k tokens/s  0:02 elapsed  1:38 left\n']);
  });

  it('keeps metrics until they are given again', () => {
    const { at, writes } = start({ total: 3, verbose: 2 });
    at(1).update(1, { loss: 3, 'held-out': 4 });
    at(2).update(2, { loss: 2 });
    at(3).update(3);
    expect(writes.map((line) => line.split('  ').slice(1, 3))).toEqual([
      ['loss 3', 'held-out 4'],
      ['loss 2', 'held-out 4'],
      ['loss 2', 'held-out 4'],
    ]);
  });

  it('shows no rate before time has passed', () => {
    const { at, writes } = start({ total: 3 });
    at(0).update(1);
    expect(writes).toEqual(['step 1/3 (33%)  0:00 elapsed\n']);
  });

  it('writes lines of text as they are', () => {
    const { progress, writes } = start({ total: 3 });
    progress.log('epoch 1');
    expect(writes).toEqual(['epoch 1\n']);
  });
});

describe('on a terminal', () => {
  it('redraws one line ten times a second at most, and ends it', () => {
    const { at, writes } = start({ total: 100, isTerminal: true, isColored: false, columns: 61 });
    for (let step = 1; step <= 100; step++) at(step / 20).update(step, { loss: 2 });
    at(5).done();
    expect(writes).toHaveLength(1 + 49 + 1 + 1);
    expect(writes[0]).toBe(
      `\u001B[?25l\r  1/100   1% ${' '.repeat(16)}  loss 2  20 steps/s  0:05 left\u001B[K\u001B[?25h`,
    );
    expect(writes.at(-2)).toBe(
      `\u001B[?25l\r100/100 100% ${'━'.repeat(13)}  loss 2  20 steps/s  0:05 elapsed\u001B[K\u001B[?25h`,
    );
    expect(writes.at(-1)).toBe('\n');
    for (const text of writes) expect(visible(text).length).toBeLessThanOrEqual(60);
  });

  it('leaves the cursor visible after every write', () => {
    const { at, writes, progress } = start({ total: 3, isTerminal: true });
    at(1).update(1);
    progress.log('note');
    at(2).update(2);
    progress.done();
    for (const text of writes)
      expect(text.lastIndexOf('\u001B[?25h')).toBeGreaterThanOrEqual(text.lastIndexOf('\u001B[?25l'));
  });

  it('writes text above the bar', () => {
    const { at, writes, progress } = start({ total: 4, isTerminal: true, isColored: false, columns: 20 });
    progress.log('before');
    at(1).update(1);
    progress.log('between');
    progress.done();
    progress.log('after');
    expect(writes.map(visible)).toEqual([
      'before\n',
      '1/4  25% ━━╸       ',
      'between\n1/4  25% ━━╸       ',
      '\n',
      'after\n',
    ]);
  });

  it('follows a terminal that changes its width, taking back a line that was wrapped', () => {
    const { at, writes, stream } = start({ total: 4, isTerminal: true, isColored: false });
    at(1).update(1);
    expect(visible(writes[0]!)).toHaveLength(59);
    stream.columns = 20;
    at(2).update(2);
    expect(writes[1]).toBe('\u001B[?25l\r\u001B[2A\u001B[J2/4  50% ━━━━━     \u001B[K\u001B[?25h');
    stream.columns = 60;
    at(3).update(3);
    expect(writes[2]!.startsWith('\u001B[?25l\r3/4')).toBe(true);
  });

  it('assumes 80 columns where the width is not told', () => {
    const writes: string[] = [];
    const progress = createProgress({
      total: 2,
      stream: { write: (text) => writes.push(text) },
      isTerminal: true,
      isColored: false,
    });
    progress.update(1, { text: 'x'.repeat(30) });
    expect(visible(writes[0]!).length).toBeLessThanOrEqual(79);
    expect(visible(writes[0]!)).toContain('x'.repeat(30));
  });

  it('is in colour unless NO_COLOR is set', () => {
    const colors = (): boolean => {
      const { progress, writes, stream } = start({ total: 2 });
      stream.isTTY = true;
      const colored = createProgress({ total: 2, stream: { ...stream, write: (text) => writes.push(text) } });
      colored.update(1);
      progress.done();
      return writes.join('').includes('\u001B[36m');
    };
    vi.stubEnv('TERM', 'xterm');
    vi.stubEnv('NO_COLOR', '');
    expect(colors()).toBe(true);
    vi.stubEnv('NO_COLOR', '1');
    expect(colors()).toBe(false);
  });

  it('is plain where the terminal is dumb', () => {
    vi.stubEnv('TERM', 'dumb');
    const writes: string[] = [];
    createProgress({ total: 2, stream: { write: (text) => writes.push(text), isTTY: true } }).update(1);
    expect(writes.join('')).toMatch(/^step 1\/2 .*\n$/);
  });
});

describe('createProgress', () => {
  it('is silent at verbose 0', () => {
    const { progress, writes } = start({ total: 1, verbose: 0 });
    progress.update(1);
    progress.log('text');
    progress.done();
    expect(writes).toEqual([]);
  });

  it('writes to the console where there is no process', () => {
    const log = vi.spyOn(console, 'log').mockImplementation(() => undefined);
    vi.stubGlobal('process', undefined);
    createProgress({ total: 2, now: () => 0 }).update(1);
    vi.unstubAllGlobals();
    expect(log.mock.calls).toEqual([['step 1/2 (50%)  0:00 elapsed']]);
    log.mockRestore();
  });

  it.each([
    [{ total: 0 }, '`total` is the number of steps in the run, 1 or more; got 0.'],
    [{ total: 1.5 }, '`total` is'],
    [{ total: 1, start: -1 }, '`start` is the number of steps done before, 0 or more; got -1.'],
    [{ total: 1, verbose: 3 }, '`verbose` is 0 (nothing), 1 (a bar) or 2 (a line for every update); got 3.'],
  ])('refuses %j', (options, message) => {
    expect(() => createProgress(options as ProgressOptions)).toThrow(MonitorError);
    expect(() => createProgress(options as ProgressOptions)).toThrow(message);
  });
});
