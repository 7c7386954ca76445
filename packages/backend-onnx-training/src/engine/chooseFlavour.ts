import { chooseFlavour as chooseFor, type FlavourChoice, type FlavourName, inputName } from '@delira/onnx';
import { CompiledProgram, type SessionSettings } from './CompiledProgram.js';
import type { Engine } from './loadEngine.js';
import { VariableStore } from './VariableStore.js';

/** The flavour for sessions with these settings. @throws ArgumentError, UnsupportedError */
export function chooseFlavour(
  engine: Engine,
  settings: SessionSettings,
  wanted: FlavourName | 'auto',
): Promise<FlavourChoice> {
  return chooseFor(
    {
      name: 'onnxruntime-node',
      providers: settings.providers,
      async run(program, flavour, batch) {
        const values = Object.fromEntries(
          Object.entries(batch).map(([name, array]) => [
            inputName.feed(name),
            { ...array, shape: [1, ...array.shape] },
          ]),
        );
        const compiled = await CompiledProgram.create(engine, program, flavour, settings);
        try {
          const [sample] = await compiled.run(new VariableStore(new Map()), { steps: 1, values }, []);
          return Object.fromEntries(Object.entries(sample!).map(([name, { data }]) => [name, data]));
        } finally {
          await compiled.dispose();
        }
      },
    },
    wanted,
  );
}
