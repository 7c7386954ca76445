import { type Flavour, portableFlavour } from '@delira/onnx';
import type { SessionSettings } from './CompiledProgram.js';
import type { Engine } from './loadEngine.js';

export type FlavourName = 'portable' | 'tuned';

export interface FlavourChoice {
  readonly flavour: Flavour;
  readonly name: FlavourName;
  readonly reason: string;
}

export async function chooseFlavour(
  _engine: Engine,
  _settings: SessionSettings,
  wanted: FlavourName | 'auto',
): Promise<FlavourChoice> {
  return {
    flavour: portableFlavour,
    name: 'portable',
    reason: wanted === 'portable' ? 'asked for' : 'the tuned flavour is not there yet',
  };
}
