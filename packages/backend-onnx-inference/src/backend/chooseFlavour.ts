import {
  chooseFlavour as chooseFor,
  type FlavourChoice,
  type FlavourName,
  inputName,
  predictionModel,
  stepsNames,
  writeModel,
} from '@delira/onnx';
import type { Runtime } from '../engine/Runtime.js';

/** The flavour of what a runtime compiles. @throws ArgumentError, UnsupportedError */
export function chooseFlavour(runtime: Runtime, wanted: FlavourName | 'auto' = 'auto'): Promise<FlavourChoice> {
  const { engine, providers } = runtime.info;
  return chooseFor(
    {
      name: engine,
      providers,
      run: (program, flavour, batch) =>
        runtime.queue.add(async () => {
          const model = writeModel(predictionModel(program, new Map(), flavour));
          const session = await runtime.createSession(`the program "${program.name}"`, model);
          try {
            const inputs = Object.fromEntries(
              Object.entries(batch).map(([name, array]) => [inputName.feed(name), array]),
            );
            const names = Object.fromEntries(
              Object.keys(program.outputs).map((name) => [stepsNames.output(name), name]),
            );
            const outputs = await runtime.run(session, `"${program.name}"`, inputs, names);
            return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data]));
          } finally {
            await session.release();
          }
        }),
    },
    wanted,
  );
}
