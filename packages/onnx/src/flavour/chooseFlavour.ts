import { ArgumentError, didYouMean, type NDArray, type Program, UnsupportedError } from '@delira/core';
import type { Flavour } from '../lowering/Flavour.js';
import { portableFlavour } from '../portable/portableFlavour.js';
import type { BlockSize } from '../tuned/Layout.js';
import { blockSizes, interpretProbe, makeProbe } from '../tuned/probe.js';
import { tunedFlavour } from '../tuned/tunedFlavour.js';

export type FlavourName = 'portable' | 'tuned';

export interface FlavourChoice {
  readonly flavour: Flavour;
  readonly name: FlavourName;
  /** Why, for people: shown at the start of a training. */
  readonly reason: string;
}

/** An engine as far as its flavour depends on it. */
export interface FlavourEngine {
  /** The npm package that computes. */
  readonly name: string;
  /** Execution providers in order of preference. */
  readonly providers: readonly string[];
  /** Runs a Program without variables in that form. Gives its outputs by name. */
  run(
    program: Program,
    flavour: Flavour,
    batch: Readonly<Record<string, NDArray>>,
  ): Promise<Readonly<Record<string, ArrayLike<number>>>>;
}

const choices = ['auto', 'portable', 'tuned'] as const satisfies readonly (FlavourName | 'auto')[];

/** Runs the probe's step in both forms; gives null when they agree, else what went wrong. */
async function tryBlock(engine: FlavourEngine, block: BlockSize): Promise<string | null> {
  const { program, batch } = makeProbe(block);
  try {
    const expected = await engine.run(program, portableFlavour, batch);
    const worst = interpretProbe(expected, await engine.run(program, tunedFlavour(block), batch));
    return worst === null ? null : `"${worst.output}" differs by ${worst.difference.toExponential(1)}`;
  } catch (error) {
    return (error as Error).message;
  }
}

/** Why an engine cannot have the tuned flavour on any machine: for `'auto'`, and for those who asked for it. */
function unsuited({ name, providers }: FlavourEngine): { readonly reason: string; readonly refusal: string } | null {
  if (name !== 'onnxruntime-node')
    return {
      reason: `the tuned one is for onnxruntime-node only`,
      refusal: `The tuned flavour needs onnxruntime-node; ${name} has no blocked kernels.`,
    };
  if (providers[0] !== 'cpu')
    return {
      reason: `the tuned one is for the CPU provider only`,
      refusal: `The tuned flavour needs the provider "cpu" first, got ${providers.join(', ')}.`,
    };
  return null;
}

/**
 * The flavour asked for, or the faster one that is right on this machine: the tuned form depends on the CPU and on internals of the
 * engine, so it is used only after it has given the portable form's numbers here and now.
 *
 * @throws ArgumentError for an unknown flavour, UnsupportedError when the tuned one was asked for and is not right here.
 */
export async function chooseFlavour(engine: FlavourEngine, wanted: FlavourName | 'auto'): Promise<FlavourChoice> {
  const portable = (reason: string): FlavourChoice => ({ flavour: portableFlavour, name: 'portable', reason });
  if (!choices.includes(wanted)) {
    throw new ArgumentError(
      `flavour is "${String(wanted)}".${didYouMean(wanted, choices)} It can be ${choices.join(', ')}.`,
    );
  }
  if (wanted === 'portable') return portable('asked for');
  const hindrance = unsuited(engine);
  if (hindrance !== null) {
    if (wanted === 'tuned') throw new UnsupportedError(`${hindrance.refusal} Use flavour 'auto' or 'portable'.`);
    return portable(hindrance.reason);
  }
  const failures: string[] = [];
  for (const block of blockSizes) {
    const failure = await tryBlock(engine, block);
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
