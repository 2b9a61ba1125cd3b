import { expect, test } from 'vitest';
import { nearestName } from './nearest-name.ts';

const names = ['WarmupLR', 'WarmupDecayLR', 'OneCycle', 'OneCycleLR', 'StepLR'];

test.each([
  ['warmuplr', 'WarmupLR'],
  ['Warmup_LR', 'WarmupLR'],
  ['WarmupDecay', 'WarmupDecayLR'],
  ['onecycle', 'OneCycle'],
  ['One-Cycle-LR', 'OneCycleLR'],
  ['SetpLR', 'StepLR'],
])('%s is nearest to %s', (given, expected) => expect(nearestName(given, names)).toBe(expected));

test.each(['Adam', 'x', 'ReduceLROnPlateau'])('%s is near nothing', (given) =>
  expect(nearestName(given, names)).toBeUndefined(),
);
