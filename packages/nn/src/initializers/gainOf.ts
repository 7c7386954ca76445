/** What follows a layer. */
export type Nonlinearity = 'linear' | 'sigmoid' | 'tanh' | 'relu' | 'selu' | { readonly leakyRelu: number };

const gains = { linear: 1, sigmoid: 1, tanh: 5 / 3, relu: Math.SQRT2, selu: 3 / 4 } as const;

/** Factor by which weights must be larger so that activations keep their variance; the table of PyTorch's `calculate_gain`. */
export function gainOf(nonlinearity: Nonlinearity): number {
  if (typeof nonlinearity === 'string') return gains[nonlinearity];
  return Math.sqrt(2 / (1 + nonlinearity.leakyRelu ** 2));
}
