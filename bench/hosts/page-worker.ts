// The other end of `hosts/browser.ts`, in a worker of the page.
import type { Request, SideModule } from '../side.ts';
import { createResponder } from '../side.ts';

const respond = createResponder(async (side) => (await import(`../sides/${side}.ts`)) as SideModule);
globalThis.addEventListener('message', async ({ data }) => {
  globalThis.postMessage(await respond(data as Request), { transfer: [] });
});
