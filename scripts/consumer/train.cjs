// A program of a user's, run against the packed packages: CommonJS, the optimizer alone in model.fit.
require('@tensorflow/tfjs-backend-cpu');
const tf = require('@tensorflow/tfjs-core');
const { layers, sequential } = require('@tensorflow/tfjs-layers');
const { adamW } = require('@ds/optim');
const { cosine } = require('@ds/scheduler');
const { selectBackend, trainOptimizer } = require('@ds/tfjs');

async function main() {
  const { name } = await selectBackend({ backend: 'cpu' });
  const model = sequential({ layers: [layers.dense({ units: 1, inputShape: [3] })] });
  model.compile({
    optimizer: trainOptimizer(adamW({ learningRate: cosine(0.1, { steps: 50 }) })),
    loss: 'meanSquaredError',
  });
  const { history } = await model.fit(tf.randomNormal([8, 3]), tf.ones([8, 1]), { epochs: 30 });
  const losses = history.loss;
  if (!(losses.at(-1) < losses[0])) throw new Error(`The loss went from ${losses[0]} to ${losses.at(-1)}.`);
  if (name !== 'cpu') throw new Error(`The backend is ${name}.`);
  console.log('cjs ok');
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
