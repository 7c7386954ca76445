import { defineConfig } from 'tsup';
import { preset } from '../tsup.preset.js';

export default defineConfig(
  preset({
    entry: {},
    untyped: {
      bench: 'src/bench.ts',
      stress: 'src/stress.ts',
      stepper: 'src/stepper.ts',
      dataStepper: 'src/dataStepper.ts',
      augmentPipeline: 'src/data/augmentPipeline.ts',
      tinyTraining: 'src/tinyTraining.ts',
      resumeTraining: 'src/resumeTraining.ts',
      resumePipeline: 'src/resumePipeline.ts',
      fuzzer: 'src/fuzzer.ts',
    },
  }),
);
