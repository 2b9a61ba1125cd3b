import { existsSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import type { Host } from '../host.ts';
import type { Answer } from '../side.ts';

const wasmFolder = path.dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm'));

/** Runs sides in workers of a page in headless Chromium; `undefined`, with a message, where there is none. */
export async function openBrowserHost(): Promise<Host | undefined> {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    (file) => existsSync(file),
  );
  if (executablePath === undefined) {
    console.log('Skipped: there is no Chromium here (Debian: `apt install chromium`).');
    return undefined;
  }
  const files = await bundle();
  const server = createServer((request, response) => {
    const name = request.url ?? '/';
    const file = files.get(name);
    if (file !== undefined) {
      response.setHeader('Content-Type', 'text/javascript').end(file);
    } else if (name.startsWith('/wasm/')) {
      response.setHeader('Content-Type', 'application/wasm');
      response.end(readFileSync(path.join(wasmFolder, path.basename(name))));
    } else {
      response.setHeader('Content-Type', 'text/html').end('<!doctype html><title>bench</title>');
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const page = await browser.newPage();
  // Not isolated from other origins, so that no library starts threads: one thread each, as in Node.
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  return {
    kind: 'browser',
    name: `Chromium ${browser.version()}`,
    async startThread() {
      const worker = await page.evaluateHandle(() => new Worker('/page-worker.js', { type: 'module' }));
      return {
        ask: (request) =>
          page.evaluate(
            ([target, message]) =>
              new Promise<Answer>((resolve) => {
                target.addEventListener('message', ({ data }) => resolve(data as Answer), { once: true });
                target.addEventListener('error', (event) => resolve({ error: event.message }), {
                  once: true,
                });
                target.postMessage(message, []);
              }),
            [worker, request] as const,
          ),
        end: () => worker.evaluate((target) => target.terminate()),
      };
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}

/** The workers' code, by path. */
async function bundle(): Promise<Map<string, Uint8Array>> {
  const folder = path.join(import.meta.dirname, 'bundle');
  const { outputFiles } = await build({
    entryPoints: [path.join(import.meta.dirname, 'page-worker.ts')],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    external: ['node:*'],
    define: { global: 'globalThis' },
    logLevel: 'error',
    outdir: folder,
    write: false,
  });
  return new Map(outputFiles.map((file) => [`/${path.relative(folder, file.path)}`, file.contents] as const));
}
