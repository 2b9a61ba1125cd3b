import type { Rule } from '@ds/tensor';
import { InvalidArgumentError } from '@ds/tensor';
import { adamWRule, everyOperation } from '@ds/tensor/testing';
import { describe, expect, test } from 'vitest';
import { wgslParameters, wgslShader, wgslWorkgroups } from './index.ts';

describe('wgslShader', () => {
  test('AdamW', () => {
    expect(wgslShader(adamWRule)).toMatchInlineSnapshot(`
      "struct Parameters {
        length: u32,
        start0_parameter: u32,
        start1_gradient: u32,
        start2_exp_avg: u32,
        start3_exp_avg_sq: u32,
        scalar0_beta1: f32,
        scalar1_keep1: f32,
        scalar2_beta2: f32,
        scalar3_keep2: f32,
        scalar4_correction: f32,
        scalar5_eps: f32,
        scalar6_decay: f32,
        scalar7_rate: f32,
      }

      @group(0) @binding(0) var<storage, read_write> slot0_parameter: array<f32>;
      @group(0) @binding(1) var<storage, read_write> slot1_gradient: array<f32>;
      @group(0) @binding(2) var<storage, read_write> slot2_exp_avg: array<f32>;
      @group(0) @binding(3) var<storage, read_write> slot3_exp_avg_sq: array<f32>;
      @group(0) @binding(4) var<uniform> parameters: Parameters;

      @compute @workgroup_size(256)
      fn main(
        @builtin(workgroup_id) workgroup: vec3u,
        @builtin(num_workgroups) workgroups: vec3u,
        @builtin(local_invocation_index) invocation: u32,
      ) {
        let index = (workgroup.y * workgroups.x + workgroup.x) * 256u + invocation;
        if (index >= parameters.length) { return; }
        let v0 = slot0_parameter[parameters.start0_parameter + index];
        let v1 = slot1_gradient[parameters.start1_gradient + index];
        let v2 = slot2_exp_avg[parameters.start2_exp_avg + index];
        let v3 = slot3_exp_avg_sq[parameters.start3_exp_avg_sq + index];
        let v4 = parameters.scalar0_beta1;
        let v5 = parameters.scalar1_keep1;
        let v6 = parameters.scalar2_beta2;
        let v7 = parameters.scalar3_keep2;
        let v8 = parameters.scalar4_correction;
        let v9 = parameters.scalar5_eps;
        let v10 = parameters.scalar6_decay;
        let v11 = parameters.scalar7_rate;
        let v12 = v4 * v2;
        let v13 = v5 * v1;
        let v14 = v12 + v13;
        let v15 = v6 * v3;
        let v16 = v1 * v1;
        let v17 = v7 * v16;
        let v18 = v15 + v17;
        let v19 = sqrt(v18);
        let v20 = v19 / v8;
        let v21 = v20 + v9;
        let v22 = v14 / v21;
        let v23 = v10 * v0;
        let v24 = v22 + v23;
        let v25 = 0.0f;
        let v26 = v25 - v11;
        let v27 = v26 * v24;
        let v28 = v0 + v27;
        slot0_parameter[parameters.start0_parameter + index] = v28;
        slot2_exp_avg[parameters.start2_exp_avg + index] = v14;
        slot3_exp_avg_sq[parameters.start3_exp_avg_sq + index] = v18;
      }
      "
    `);
  });

  test('broadcast slots, constants, comparisons and a workgroup size', () => {
    expect(wgslShader(everyOperation, { workgroupSize: 64 })).toMatchInlineSnapshot(`
      "struct Parameters {
        length: u32,
        start0_a: u32,
        start1_b: u32,
        start2_c: u32,
        start3_factor: u32,
        scalar0_threshold: f32,
      }

      @group(0) @binding(0) var<storage, read_write> slot0_a: array<f32>;
      @group(0) @binding(1) var<storage, read_write> slot1_b: array<f32>;
      @group(0) @binding(2) var<storage, read_write> slot2_c: array<f32>;
      @group(0) @binding(3) var<storage, read_write> slot3_factor: array<f32>;
      @group(0) @binding(4) var<uniform> parameters: Parameters;

      @compute @workgroup_size(64)
      fn main(
        @builtin(workgroup_id) workgroup: vec3u,
        @builtin(num_workgroups) workgroups: vec3u,
        @builtin(local_invocation_index) invocation: u32,
      ) {
        let index = (workgroup.y * workgroups.x + workgroup.x) * 64u + invocation;
        if (index >= parameters.length) { return; }
        let v0 = slot0_a[parameters.start0_a + index];
        let v1 = slot1_b[parameters.start1_b + index];
        let v2 = slot2_c[parameters.start2_c + index];
        let v3 = slot3_factor[parameters.start3_factor];
        let v4 = parameters.scalar0_threshold;
        let v5 = abs(v1);
        let v6 = 0.5f;
        let v7 = v5 + v6;
        let v8 = v0 / v7;
        let v9 = 3.0f;
        let v10 = min(v8, v9);
        let v11 = -3.0f;
        let v12 = max(v10, v11);
        let v13 = 0.0f;
        let v14 = v13 - v1;
        let v15 = -1.0f;
        let v16 = select(v1, v15, v14 > 0.0);
        let v17 = 1.0f;
        let v18 = select(v16, v17, v1 > 0.0);
        let v19 = v3 * v18;
        let v20 = v12 + v19;
        let v21 = v0 - v4;
        let v22 = sqrt(v7);
        let v23 = 0.125f;
        let v24 = v2 * v23;
        let v25 = select(v24, v22, v21 > 0.0);
        slot0_a[parameters.start0_a + index] = v20;
        slot2_c[parameters.start2_c + index] = v25;
      }
      "
    `);
  });

  test('names that WGSL would refuse, and slots that are not used', () => {
    const rule: Rule = {
      name: 'odd',
      slots: ['target', '2nd moment', 'é'],
      scalars: ['loss-scale'],
      update: ({ mul }, slots, scalars) => ({ target: mul(slots['target']!, scalars['loss-scale']!) }),
    };
    expect(wgslShader(rule)).toMatchInlineSnapshot(`
      "struct Parameters {
        length: u32,
        start0_target: u32,
        start1_2nd_moment: u32,
        start2__: u32,
        scalar0_loss_scale: f32,
      }

      @group(0) @binding(0) var<storage, read_write> slot0_target: array<f32>;
      @group(0) @binding(1) var<storage, read_write> slot1_2nd_moment: array<f32>;
      @group(0) @binding(2) var<storage, read_write> slot2__: array<f32>;
      @group(0) @binding(3) var<uniform> parameters: Parameters;

      @compute @workgroup_size(256)
      fn main(
        @builtin(workgroup_id) workgroup: vec3u,
        @builtin(num_workgroups) workgroups: vec3u,
        @builtin(local_invocation_index) invocation: u32,
      ) {
        let index = (workgroup.y * workgroups.x + workgroup.x) * 256u + invocation;
        if (index >= parameters.length) { return; }
        _ = &slot1_2nd_moment;
        _ = &slot2__;
        let v0 = slot0_target[parameters.start0_target + index];
        let v1 = parameters.scalar0_loss_scale;
        let v2 = v0 * v1;
        slot0_target[parameters.start0_target + index] = v2;
      }
      "
    `);
  });

  test.each([Number.POSITIVE_INFINITY, Number.NaN, 1e39])('refuses the constant %d', (value) => {
    const rule: Rule = {
      name: 'fill',
      slots: ['a'],
      scalars: [],
      update: ({ constant }) => ({ a: constant(value) }),
    };
    expect(() => wgslShader(rule)).toThrow(
      new InvalidArgumentError(
        `Rule fill has the constant ${Math.fround(value)} (after rounding to float32 and folding), which WGSL ` +
          'cannot write. Pass it as a scalar, or use a large finite number.',
      ),
    );
  });
});

describe('wgslParameters', () => {
  test('packs the length, the starts and the scalars into a multiple of 16 bytes', () => {
    const block = wgslParameters(everyOperation, 1000, [1, 2, 3, 4], [0.1]);
    expect(block.byteLength).toBe(32);
    expect([...new Uint32Array(block, 0, 5)]).toEqual([1000, 1, 2, 3, 4]);
    expect(new Float32Array(block)[5]).toBe(Math.fround(0.1));
  });

  test('says what is missing', () => {
    expect(() => wgslParameters(everyOperation, 1, [0], [0.1])).toThrow(
      'Rule every_operation needs 4 starts (a, b, c, factor) and 1 scalars (threshold); got 1 and 1.',
    );
    expect(() => wgslParameters(everyOperation, 1, [0, 0, 0, 0], [])).toThrow(InvalidArgumentError);
  });
});

describe('wgslWorkgroups', () => {
  test.each([
    [0, [0, 0]],
    [1, [1, 1]],
    [256, [1, 1]],
    [257, [2, 1]],
    [65_535 * 256, [65_535, 1]],
    [65_535 * 256 + 1, [32_768, 2]],
    [2 ** 32 - 1, [65_281, 257]],
  ])('%i elements take %j', (length, workgroups) => {
    expect(wgslWorkgroups(length)).toEqual(workgroups);
    expect(workgroups[0]! * workgroups[1]! * 256).toBeGreaterThanOrEqual(length);
  });

  test('refuses more than two dimensions hold', () => {
    expect(() => wgslWorkgroups(2 ** 32)).toThrow(InvalidArgumentError);
    expect(() => wgslWorkgroups(65_535 ** 2 + 1, { workgroupSize: 1 })).toThrow(InvalidArgumentError);
  });
});
