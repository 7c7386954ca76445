import type { Transform } from '@delira/data-loading';
import { createComponents } from '@delira/parameters';
import { Compose, toTransform } from '@delira/transforms';
import type { RunConfig } from '../config/configSchema.js';
import { withFacts } from '../registries/Factory.js';
import type { DataFacts, Registries } from '../registries/Registries.js';

export interface TransformOptions {
  readonly config: Pick<RunConfig, 'preprocessing' | 'transforms'>;
  readonly facts: DataFacts;
  readonly registries: Registries;
  /** Which transforms follow the preprocessing; null: none, for what is predicted. */
  readonly role: 'train' | 'val' | null;
}

/** Preprocessing of every sample, then what its role adds. @throws ParametersError */
export function transformOf({ config, facts, registries, role }: TransformOptions): Transform {
  const registry = withFacts(registries.transforms, facts);
  return toTransform(
    new Compose([
      ...createComponents(registry, config.preprocessing, 'preprocessing'),
      ...(role === null ? [] : createComponents(registry, config.transforms[role], `transforms.${role}`)),
    ]),
  );
}
