import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { build } from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { joinRelay } from '../src/websocket/join-relay.ts';
import { startRelay } from '../src/websocket/relay.ts';
import { conformanceRuns, expectedChecksums } from './expected-checksums.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (file) => existsSync(file),
);
if (executablePath === undefined) {
  console.log('Browser tests are skipped: there is no Chromium here (Debian: `apt install chromium`).');
}

describe.skipIf(executablePath === undefined)('in Chromium', () => {
  let browser: Browser;
  const scripts = new Map<string, string>();
  const server = createServer((request, response) => {
    // Only a page that is isolated from other origins may share memory between threads.
    if (request.headers.host?.startsWith('localhost')) {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    }
    const script = scripts.get(request.url ?? '');
    response.setHeader('Content-Type', script === undefined ? 'text/html' : 'text/javascript');
    response.end(
      script ?? '<!doctype html><title>test</title><script type="module" src="/page.js"></script>',
    );
  });
  const open = async (host: string): Promise<Page> => {
    const page = await browser.newPage();
    await page.goto(`http://${host}:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('globalThis.runThreads');
    return page;
  };

  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: ['page', 'worker'].map((name) => `${import.meta.dirname}/browser/${name}.ts`),
      bundle: true,
      format: 'esm',
      platform: 'browser',
      target: 'es2022',
      logLevel: 'error',
      outdir: '/',
      write: false,
    });
    for (const { path, text } of outputFiles) scripts.set(path, text);
    await new Promise<void>((resolve) => server.listen(0, resolve));
    browser = await chromium.launch({ executablePath: executablePath!, args: ['--no-sandbox'] });
  });
  afterAll(async () => {
    await browser?.close();
    server.close();
  });

  it('Web Workers give the bits of all others', async () => {
    const page = await open('localhost');
    const results = await page.evaluate((ranks) => globalThis.runThreads(ranks), 3);
    for (const each of conformanceRuns([3])[0]!) {
      const expected = await expectedChecksums(each);
      expect([each.name, ...results.map((result) => result[each.name])]).toEqual([each.name, ...expected]);
    }
    await page.close();
  });

  it('pages that may not share memory are told what they need', async () => {
    const page = await open('127.0.0.1');
    const message = await page.evaluate(() => globalThis.runThreads(2).then(() => 'ran', String));
    expect(message).toMatch(/UnavailableError: Threads need SharedArrayBuffer.*Cross-Origin-Opener-Policy/);
    await page.close();
  });

  it('a page and Node form one world', async () => {
    const relay = await startRelay({ ranks: 2 });
    const page = await open('127.0.0.1');
    const inPage = page.evaluate(
      ([url, token]) => globalThis.sumByRelay(url!, token!),
      [relay.url, relay.token],
    );
    const communicator = await joinRelay(relay.url, { token: relay.token });
    const values = Float32Array.of(communicator.rank + 1);
    await communicator.allReduce(values);
    expect([await inPage, values[0]]).toEqual([3, 3]);
    await communicator.close();
    await page.close();
    await relay.close();
  });
});
