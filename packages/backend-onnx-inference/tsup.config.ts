import { defineConfig } from 'tsup';
import { preset } from '../../tsup.preset.js';

export default defineConfig(preset({ entry: { index: 'src/index.ts', web: 'src/web/index.ts' } }));
