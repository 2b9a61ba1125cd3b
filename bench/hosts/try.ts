import { nodeHost } from './node.ts';
import { createSide } from '../host.ts';
const [side, workload, times] = process.argv.slice(2);
const size = workload === 'mlp' ? { kind: 'mlp', widths: [784, 256, 256, 10], batch: 64 } : { kind: 'gpt', layers: 4, heads: 4, width: 128, context: 128, vocabulary: 65, batch: 4 };
const t = await nodeHost.startThread();
const s = await createSide(t, side!, { workload: size, optimizer: 'adam' });
for (let i = 0; i < 3; i++) { const r = await s.run(Number(times)); console.log(r.milliseconds / Number(times), r.values.at(0), r.values.at(-1)); }
await s.dispose(); await t.end();
