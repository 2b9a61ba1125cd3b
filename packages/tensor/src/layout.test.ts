import fc from 'fast-check';
import { expect, it } from 'vitest';
import { UnknownNameError } from './error.ts';
import { createLayout, sizeOf } from './layout.ts';

const shape = fc.array(fc.nat({ max: 4 }), { maxLength: 3 });

it('lays parameters out back to back in the order given', () => {
  fc.assert(
    fc.property(fc.array(shape, { maxLength: 8 }), (shapes) => {
      const layout = createLayout(shapes.map((each, index) => ({ name: `p${index}`, shape: each })));
      let offset = 0;
      for (const [index, each] of shapes.entries()) {
        const entry = layout.entry(`p${index}`);
        expect(entry).toMatchObject({ offset, length: sizeOf(each), shape: each });
        offset += entry.length;
      }
      expect(layout.length).toBe(offset);
    }),
  );
});

it('counts a scalar as one element and an empty dimension as none', () => {
  expect(sizeOf([])).toBe(1);
  expect(sizeOf([3, 0, 2])).toBe(0);
});

it('lays a shared parameter out once', () => {
  const layout = createLayout([
    { name: 'w', shape: [2, 2] },
    { name: 'b', shape: [2], group: 'bias' },
    { name: 'w', shape: [2, 2] },
  ]);
  expect(layout.entries.map((entry) => entry.name)).toEqual(['w', 'b']);
  expect(layout.entry('b').group).toBe('bias');
  expect(layout.length).toBe(6);
});

it('explains shapes that cannot be, and unknown names', () => {
  expect(() =>
    createLayout([
      { name: 'w', shape: [2] },
      { name: 'w', shape: [3] },
    ]),
  ).toThrowErrorMatchingInlineSnapshot(
    `[InvalidArgumentError: Parameter "w" appears with shapes [2] and [3]. Shared parameters must have one shape; give different parameters different names.]`,
  );
  expect(() => createLayout([{ name: 'w', shape: [-1] }])).toThrowErrorMatchingInlineSnapshot(
    `[InvalidArgumentError: Parameter "w" has shape [-1]; dimensions must be whole numbers, 0 or more.]`,
  );
  expect(() => createLayout([{ name: 'weight', shape: [1] }]).entry('wieght')).toThrow(UnknownNameError);
});
