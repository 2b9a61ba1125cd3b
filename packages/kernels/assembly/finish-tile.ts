// What `gemm` does to a tile of sums that cannot simply be stored: edges, alpha, beta, bias, activation.
import { activate } from './activation';

/** Writes `rows` x `columns` (at most 4 x 8) of the sums in `tile` to `target`. `bias` may be 0, for none. */
export function finishTile(
  target: usize,
  stride: usize,
  tile: usize,
  rows: usize,
  columns: usize,
  alpha: f32,
  beta: f32,
  bias: usize,
  activation: i32,
  slope: f32,
): void {
  for (let row: usize = 0; row < rows; row++) {
    let column: usize = 0;
    for (; column + 4 <= columns; column += 4) {
      const at = target + column * 4;
      let x = f32x4.mul(f32x4.splat(alpha), v128.load(tile + column * 4));
      if (beta != 0) x = f32x4.add(x, f32x4.mul(f32x4.splat(beta), v128.load(at)));
      if (bias != 0) x = f32x4.add(x, v128.load(bias + column * 4));
      v128.store(at, activate(x, activation, slope));
    }
    for (; column < columns; column++) {
      const at = target + column * 4;
      let x = alpha * load<f32>(tile + column * 4);
      if (beta != 0) x += beta * load<f32>(at);
      if (bias != 0) x += load<f32>(bias + column * 4);
      store<f32>(at, f32x4.extract_lane(activate(f32x4.splat(x), activation, slope), 0));
    }
    target += stride;
    tile += 32;
  }
}
