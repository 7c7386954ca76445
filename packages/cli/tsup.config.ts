import { defineConfig } from 'tsup';
import { preset } from '../../tsup.preset.js';

export default defineConfig(preset({ untyped: { main: 'src/main.ts', pipeline: 'src/pipeline.ts' } }));
