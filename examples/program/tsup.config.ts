import { defineConfig } from 'tsup';
import { preset } from '../../tsup.preset.js';

export default defineConfig(
  preset({ entry: {}, untyped: { index: 'src/index.ts', 'testing/index': 'src/testing/index.ts' } }),
);
