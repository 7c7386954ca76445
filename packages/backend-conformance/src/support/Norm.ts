import { bindAll, Module, type Tensor, type Variable } from '@delira/core';
import { filled } from './initializers.js';

/** Batch norm with running statistics, by hand: conformance depends on core only. */
export class Norm extends Module {
  readonly weight: Variable;
  readonly bias: Variable;
  readonly running_mean: Variable;
  readonly running_var: Variable;
  readonly num_batches_tracked: Variable;

  constructor(channels: number) {
    super();
    this.weight = this.param([channels], filled(1));
    this.bias = this.param([channels], filled(0));
    this.running_mean = this.buffer([channels], 0);
    this.running_var = this.buffer([channels], 1);
    this.num_batches_tracked = this.buffer([], 0, 'int32');
  }

  forward(x: Tensor): Tensor {
    const perChannel = (value: Tensor): Tensor => value.reshape([1, value.shape[0]!, 1, 1]);
    if (!this.training) {
      const deviation = this.running_var.value.add(1e-5).sqrt();
      const centered = x.sub(perChannel(this.running_mean.value)).div(perChannel(deviation));
      return centered.mul(perChannel(this.weight.value)).add(perChannel(this.bias.value));
    }
    const [y, mean, variance] = bindAll('batchNorm', [x, this.weight.value, this.bias.value], { epsilon: 1e-5 });
    this.running_mean.assign(this.running_mean.value.mul(0.9).add(mean!.mul(0.1)));
    this.running_var.assign(this.running_var.value.mul(0.9).add(variance!.mul(0.1)));
    this.num_batches_tracked.assign(this.num_batches_tracked.value.add(1));
    return y!;
  }
}
