import { type FixtureArray, type FormulaArray, loadFixture, type Probe } from '@delira/testkit';

type Terms = Readonly<Record<'DiscReal' | 'DiscFake' | 'Adversarial', number>>;

export interface DcganRun {
  readonly name: string;
  readonly loss: 'bce' | 'mse';
  readonly optimizer: {
    readonly type: 'sgd' | 'adam';
    readonly lr: number;
    readonly momentum?: number;
    readonly betas?: readonly [number, number];
  };
  readonly losses: readonly Terms[];
  readonly state: Readonly<Record<string, Probe>>;
  readonly tracked: Readonly<Record<string, number>>;
  readonly evaluated: Terms;
  readonly image: Probe;
}

/** What PyTorch computed with a small DCGAN, in float64. */
export const fixture = loadFixture<{
  readonly architecture: { readonly inChannels: number; readonly noiseLength: number; readonly features: number };
  readonly images: { readonly shape: readonly number[]; readonly salt: number };
  readonly noise: FixtureArray;
  readonly parameters: readonly FormulaArray[];
  readonly runs: readonly DcganRun[];
}>(import.meta.url, 'dcgan');
