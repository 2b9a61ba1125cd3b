import { arithmetic } from './arithmetic.ts';
import { convolutions } from './convolutions.ts';
import { elementwise } from './elementwise.ts';
import { empty } from './empty.ts';
import { gathering } from './gathering.ts';
import { matrices } from './matrices.ts';
import { normalization } from './normalization.ts';
import { pooling } from './pooling.ts';
import type { Probe } from './probe.ts';
import { reductions } from './reductions.ts';
import { shapes } from './shapes.ts';

/** All variants of all differentiable operations, by family. */
export const probes: Readonly<Record<string, readonly Probe[]>> = {
  arithmetic,
  elementwise,
  reductions,
  matrices,
  shapes,
  gathering,
  convolutions,
  pooling,
  normalization,
  empty,
};
