import { defineConfig } from 'tsup';
import { preset } from '../tsup.preset.js';

export default defineConfig(
  preset({
    entry: {},
    untyped: {
      bench: 'src/bench.ts',
      stress: 'src/stress.ts',
      stepper: 'src/stepper.ts',
      tinyTraining: 'src/tinyTraining.ts',
    },
  }),
);
