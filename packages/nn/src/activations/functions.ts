import { bind, erf, sigmoid, type Tensor } from '@delira/core';

/** x where x > 0, else slope · x. */
export const leakyRelu = (x: Tensor, slope = 0.01): Tensor => bind('leakyRelu', [x], { slope });

/** x where x > 0, else alpha · (eˣ − 1) (Clevert et al., 2016). */
export function elu(x: Tensor, alpha = 1): Tensor {
  const positive = x.relu();
  // x − relu(x) instead of a minimum: at zero its gradient is 1, as in PyTorch.
  return x.sub(positive).exp().sub(1).mul(alpha).add(positive);
}

/** x · Φ(x), the exact form with the error function (Hendrycks & Gimpel, 2016). */
export function gelu(x: Tensor): Tensor {
  return x.mul(erf(x.mul(Math.SQRT1_2)).mul(0.5).add(0.5));
}

/** x · σ(x), also called swish. */
export function silu(x: Tensor): Tensor {
  return x.mul(sigmoid(x));
}

/** x / 6 + 1 / 2, limited to [0, 1]. */
export function hardSigmoid(x: Tensor): Tensor {
  // Two ReLUs instead of a minimum and a maximum: no gradient at either end, as in PyTorch.
  const lower = x
    .mul(1 / 6)
    .add(0.5)
    .relu();
  return lower.neg().add(1).relu().neg().add(1);
}

/** ln(1 + eˣ), stable for any x; its gradient is σ(x). */
export function softplus(x: Tensor): Tensor {
  const shift = x.relu().stopGradient();
  return x.sub(shift).exp().add(shift.neg().exp()).log().add(shift);
}

/** ln σ(x), stable for any x. */
export function logSigmoid(x: Tensor): Tensor {
  return softplus(x.neg()).neg();
}
