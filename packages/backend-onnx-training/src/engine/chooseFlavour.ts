import { ArgumentError, didYouMean, UnsupportedError } from '@delira/core';
import {
  blockSizes,
  type Flavour,
  inputName,
  interpretProbe,
  makeProbe,
  portableFlavour,
  tunedFlavour,
} from '@delira/onnx';

import { CompiledProgram, type SessionSettings } from './CompiledProgram.js';
import type { Engine } from './loadEngine.js';
import { VariableStore } from './VariableStore.js';

export type FlavourName = 'portable' | 'tuned';

export interface FlavourChoice {
  readonly flavour: Flavour;
  readonly name: FlavourName;
  /** Why, for people: shown at the start of a training. */
  readonly reason: string;
}

const choices = ['auto', 'portable', 'tuned'] as const satisfies readonly (FlavourName | 'auto')[];

/** Runs the probe's step in both forms; gives null when they agree, else what went wrong. */
async function tryBlock(
  engine: Engine,
  settings: SessionSettings,
  block: (typeof blockSizes)[number],
): Promise<string | null> {
  const { program, batch } = makeProbe(block);
  const values = Object.fromEntries(
    Object.entries(batch).map(([name, array]) => [inputName.feed(name), { ...array, shape: [1, ...array.shape] }]),
  );
  const outputs = async (flavour: Flavour): Promise<Readonly<Record<string, ArrayLike<number>>>> => {
    const compiled = await CompiledProgram.create(engine, program, flavour, settings);
    try {
      const [sample] = await compiled.run(new VariableStore(new Map()), { steps: 1, values }, []);
      return Object.fromEntries(Object.entries(sample!).map(([name, { data }]) => [name, data]));
    } finally {
      await compiled.dispose();
    }
  };
  try {
    const worst = interpretProbe(await outputs(portableFlavour), await outputs(tunedFlavour(block)));
    return worst === null ? null : `"${worst.output}" differs by ${worst.difference.toExponential(1)}`;
  } catch (error) {
    return (error as Error).message;
  }
}

/**
 * The flavour asked for, or the faster one that is right on this machine: the tuned form depends on the CPU and on internals of the
 * engine, so it is used only after it has given the portable form's numbers here and now.
 *
 * @throws ArgumentError for an unknown flavour, UnsupportedError when the tuned one was asked for and is not right here.
 */
export async function chooseFlavour(
  engine: Engine,
  settings: SessionSettings,
  wanted: FlavourName | 'auto',
): Promise<FlavourChoice> {
  const portable = (reason: string): FlavourChoice => ({ flavour: portableFlavour, name: 'portable', reason });
  if (!choices.includes(wanted)) {
    throw new ArgumentError(
      `flavour is "${String(wanted)}".${didYouMean(wanted, choices)} It can be ${choices.join(', ')}.`,
    );
  }
  if (wanted === 'portable') return portable('asked for');
  if (settings.providers[0] !== 'cpu') {
    if (wanted === 'tuned') {
      throw new UnsupportedError(
        `The tuned flavour needs the provider "cpu" first, got ${settings.providers.join(', ')}. Use flavour 'auto' or 'portable'.`,
      );
    }
    return portable(`the tuned one is for the CPU provider only`);
  }
  const failures: string[] = [];
  for (const block of blockSizes) {
    const failure = await tryBlock(engine, settings, block);
    if (failure === null) {
      return { flavour: tunedFlavour(block), name: 'tuned', reason: `blocks of ${block}, same numbers as portable` };
    }
    failures.push(`blocks of ${block}: ${failure}`);
  }
  const reason = `the tuned one is not right on this CPU (${failures.join('; ')})`;
  if (wanted === 'tuned')
    throw new UnsupportedError(`The flavour 'tuned' cannot be used: ${reason}. Use 'auto' or 'portable'.`);
  return portable(reason);
}
