import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CheckpointError } from './error.ts';
import { decodeJson, encodeJson } from './json.ts';

const roundTrip = (value: unknown): unknown => decodeJson(encodeJson(value, 'state.json'));

describe('encodeJson and decodeJson', () => {
  it('give back any JSON, with every double', () => {
    const special = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0);
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof(
        { depthSize: 'small' },
        fc.double(),
        special,
        fc.string(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('tree')),
        fc.dictionary(fc.string(), tie('tree'), { noNullPrototype: true }),
      ),
    }));
    fc.assert(
      fc.property(tree, (value) => {
        expect(roundTrip(value)).toStrictEqual(value);
      }),
    );
  });

  it('write plain JSON that other programs read', () => {
    const text = new TextDecoder().decode(
      encodeJson({ step: 3, best: Number.POSITIVE_INFINITY }, 'state.json'),
    );
    expect(JSON.parse(text)).toEqual({ step: 3, best: { $number: 'Infinity' } });
  });

  it('leave out what is undefined', () => {
    expect(roundTrip({ a: undefined, b: [{ c: undefined }] })).toStrictEqual({ b: [{}] });
  });

  it.each([
    [{ best: new Float32Array(2) }, '"best" is an instance of Float32Array'],
    [{ when: new Date(0) }, '"when" is an instance of Date'],
    [{ groups: new Map() }, '"groups" is an instance of Map'],
    [{ run: () => 1 }, '"run" is a function'],
    [{ step: 3n }, '"step" is a bigint'],
    [[undefined], '"0" is undefined'],
    [undefined, 'the value is undefined'],
    [{ a: { $number: '1' } }, '"a" is an object with the key "$number"'],
  ])('refuse what would come back as something else: %s', (value, message) => {
    expect(() => encodeJson(value, 'state.json')).toThrow(CheckpointError);
    expect(() => encodeJson(value, 'state.json')).toThrow(`state.json cannot be written: ${message}`);
  });

  it('refuse a circle', () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(() => encodeJson(circle, 'state.json')).toThrow(CheckpointError);
  });
});
