// Run by the tests in a process of its own: takes the backend named by the first argument, trains a little, and ends.
import * as tf from '@tensorflow/tfjs-core';
import { selectBackend } from '../src/backend/select-backend.ts';
import { useSoftwareVulkan } from './software-vulkan.ts';

useSoftwareVulkan();
const [, , backend, ending] = process.argv;
const { name, reason, device, dispose } = await selectBackend(
  backend === 'auto' ? {} : { backend: backend! },
);
const variable = tf.variable(tf.ones([100]));
const slab = device.adopt(variable);
const double = device.compile({
  name: 'double',
  slots: ['x'],
  scalars: [],
  update: ({ add }, { x }) => ({ x: add(x, x) }),
});
for (let count = 0; count < 5; count++) double.run({ x: slab }, {});
const [first] = await device.read(slab, 99);
if (ending === 'dispose') dispose();
if (ending === 'busy') {
  double.run({ x: slab }, {});
  void device.read(slab);
}
console.log(JSON.stringify({ name, reason, first }));
