import { parseArgs } from 'node:util';
import type { Measurement } from './Measurement.js';

const list = (benches: readonly Measurement[]): string =>
  benches.map(({ name, description }) => `  ${name.padEnd(15)} ${description}`).join('\n');

const usage = (program: string, benches: readonly Measurement[]): string =>
  `npm run ${program} -- NAME [options]\n\n${list(benches)}\n\nThe last line printed is one JSON object. npm run ${program} -- NAME --help lists the options of one.\n`;

/** Runs the bench named first on the command line and returns the exit code. */
export async function runProgram(
  program: string,
  benches: readonly Measurement[],
  parameters: readonly string[],
): Promise<number> {
  const [name, ...rest] = parameters;
  if (name === undefined || name === '--help') {
    process.stdout.write(usage(program, benches));
    return name === undefined ? 2 : 0;
  }
  const bench = benches.find((candidate) => candidate.name === name);
  if (bench === undefined) {
    process.stderr.write(`There is no ${program} named ${name}.\n\n${usage(program, benches)}`);
    return 2;
  }
  const help = `npm run ${program} -- ${name} [options]\n\n${bench.description}\n\n${bench.help.map((line) => `  ${line}`).join('\n')}\n`;
  try {
    const { values } = parseArgs({
      args: rest,
      options: { ...bench.options, help: { type: 'boolean', default: false } },
    });
    if (values['help'] === true) {
      process.stdout.write(help);
      return 0;
    }
    const result = await bench.run(values as Readonly<Record<string, string | boolean | undefined>>);
    console.log(JSON.stringify({ bench: name, ...result }));
    return result['passed'] === false ? 1 : 0;
  } catch (error) {
    if (error instanceof RangeError || error instanceof TypeError) {
      process.stderr.write(`${error.message}\n\n${help}`);
      return 2;
    }
    throw error;
  }
}
