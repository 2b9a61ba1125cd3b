import { expect, it } from 'vitest';
import { DsError, InvalidArgumentError, nearestName, UnavailableError, UnknownNameError } from './error.ts';

it('tells classes apart, ancestors included', () => {
  const error = new UnknownNameError('optimizer', 'adan', ['adam', 'sgd']);
  expect(DsError.isInstance(error)).toBe(true);
  expect(InvalidArgumentError.isInstance(error)).toBe(true);
  expect(UnknownNameError.isInstance(error)).toBe(true);
  expect(UnavailableError.isInstance(error)).toBe(false);
  expect(DsError.isInstance(new Error('plain'))).toBe(false);
  expect(DsError.isInstance('text')).toBe(false);
});

it('recognizes an error of another copy of the package', () => {
  const foreign = Object.assign(new Error('elsewhere'), { kinds: ['InvalidArgumentError', 'DsError'] });
  expect(InvalidArgumentError.isInstance(foreign)).toBe(true);
  expect(UnknownNameError.isInstance(foreign)).toBe(false);
});

it('names the nearest known name and lists the rest', () => {
  const error = new UnknownNameError('key', 'gradient_cliping', ['optimizer', 'gradient_clipping']);
  expect(error.message).toBe(
    'Unknown key "gradient_cliping". Did you mean "gradient_clipping"? Known: gradient_clipping, optimizer.',
  );
  expect(error.nearest).toBe('gradient_clipping');
  expect(error.name).toBe('UnknownNameError');
});

it('names what is meant where that is known', () => {
  const error = new UnknownNameError('option', 'lr', ['eps', 'learningRate'], 'learningRate');
  expect(error.message).toBe('Unknown option "lr". Did you mean "learningRate"? Known: eps, learningRate.');
  expect(error.nearest).toBe('learningRate');
});

it.each([
  ['AdamW', ['adam', 'adamw'], 'adamw'],
  ['warmup_lr', ['WarmupLR', 'WarmupDecayLR'], 'WarmupLR'],
  ['tyep', ['type', 'params'], 'type'],
  ['completely different', ['adam', 'sgd'], undefined],
  ['x', [], undefined],
])('nearest to %s', (name, candidates, nearest) => {
  expect(nearestName(name, candidates)).toBe(nearest);
});
