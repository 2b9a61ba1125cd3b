import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRequire } from 'node:module';
import path from 'node:path';
import { build } from 'esbuild';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PageReport } from './browser/page.ts';

const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
  (file) => existsSync(file),
);
if (executablePath === undefined) {
  console.log('Browser tests are skipped: there is no Chromium here (Debian: `apt install chromium`).');
}

const wasmFolder = path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));

describe.skipIf(executablePath === undefined)('in Chromium', () => {
  let browser: Browser;
  let script = '';
  const server = createServer((request, response) => {
    // Only a page that is isolated from other origins may share memory between threads.
    if (request.headers.host?.startsWith('localhost')) {
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      response.setHeader('Cross-Origin-Embedder-Policy', 'require-corp');
    }
    if (request.url === '/page.js') {
      response.setHeader('Content-Type', 'text/javascript').end(script);
    } else if (request.url?.startsWith('/wasm/')) {
      response.setHeader('Content-Type', 'application/wasm');
      response.end(readFileSync(path.join(wasmFolder, path.basename(request.url))));
    } else {
      response.setHeader('Content-Type', 'text/html');
      response.end('<!doctype html><title>test</title><script type="module" src="/page.js"></script>');
    }
  });
  const tryBackend = async (host: string, backend: string): Promise<PageReport> => {
    const page = await browser.newPage();
    const problems: string[] = [];
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.goto(`http://${host}:${(server.address() as AddressInfo).port}/`);
    await page.waitForFunction('globalThis.tryBackend');
    const report = await page.evaluate((name) => globalThis.tryBackend(name), backend);
    await page.close();
    expect(problems).toEqual([]);
    return report;
  };

  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [path.join(import.meta.dirname, 'browser/page.ts')],
      bundle: true,
      format: 'esm',
      platform: 'browser',
      define: { global: 'globalThis' },
      logLevel: 'error',
      write: false,
    });
    script = outputFiles[0]!.text;
    await new Promise<void>((resolve) => server.listen(0, resolve));
    browser = await chromium.launch({
      executablePath: executablePath!,
      args: [
        '--no-sandbox',
        '--enable-unsafe-webgpu',
        '--use-webgpu-adapter=swiftshader',
        '--enable-features=Vulkan',
        '--ignore-gpu-blocklist',
      ],
    });
  });
  afterAll(async () => {
    await browser?.close();
    server.close();
  });

  it.each([
    ['wasm', '127.0.0.1', 'ordinary'],
    ['wasm, with threads', 'localhost', 'shared'],
    ['webgpu', 'localhost', 'none'],
  ])('the device on %s keeps its contract', async (what, host, memory) => {
    const backend = what.split(',')[0]!;
    const report = await tryBackend(host, backend);
    expect(report).toMatchObject({ name: backend, memory, failed: [], tensorsLeft: 0 });
    expect(report.passed).toBeGreaterThan(20);
  });
});
