import { defineConfig } from 'tsup';
import { preset } from '../../tsup.preset.js';

export default defineConfig(preset({ entry: { index: 'src/index.ts', vitest: 'src/vitest/index.ts' } }));
