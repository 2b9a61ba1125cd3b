// The other end of `hosts/node.ts`.
import { parentPort } from 'node:worker_threads';
import type { Request, SideModule } from '../side.ts';
import { createResponder } from '../side.ts';

const respond = createResponder(async (side) => (await import(`../sides/${side}.ts`)) as SideModule);
parentPort!.on('message', async (request: Request) => {
  parentPort!.postMessage(await respond(request), []);
});

// In Node tfjs's cpu backend recommends tfjs-node, in every thread anew.
const { warn } = console;
console.warn = (...messages: unknown[]): void => {
  if (!String(messages[0]).includes('install our node backend')) warn(...messages);
};
