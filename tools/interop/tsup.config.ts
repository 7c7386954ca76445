import { defineConfig } from 'tsup';
import { preset } from '../../tsup.preset.js';

export default defineConfig(
  preset({
    entry: {},
    untyped: {
      main: 'src/main.ts',
      conformance: 'src/conformance.ts',
      tfjsConformance: 'src/tfjsConformance.ts',
      flavours: 'src/flavours.ts',
      formatTable: 'src/formatTable.ts',
      pythonEnvironment: 'src/pythonEnvironment.ts',
      engines: 'src/engines/index.ts',
      models: 'src/models/exports.ts',
      registerTfjsNode: 'src/engines/registerTfjsNode.ts',
      resolveTfjsNode: 'src/engines/resolveTfjsNode.ts',
    },
  }),
);
