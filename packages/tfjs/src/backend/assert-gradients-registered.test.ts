import { expect, it } from 'vitest';
import { assertGradientsRegistered } from './assert-gradients-registered.ts';

it('tells what to import until the gradients are there', async () => {
  expect(assertGradientsRegistered).toThrow(/import '@tensorflow\/tfjs-layers'/);
  await import('@tensorflow/tfjs-layers');
  expect(assertGradientsRegistered).not.toThrow();
});
