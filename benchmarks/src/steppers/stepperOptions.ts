/** What is timed; the same words start our process and the peer's. */
export interface StepperOptions {
  readonly model: string;
  readonly shape: readonly number[];
  readonly threads: number;
  readonly optimizer: string;
  readonly mode: 'train' | 'predict';
}

/** The command line of a stepper. */
export const stepperParameters = ({ model, shape, threads, optimizer, mode }: StepperOptions): readonly string[] => [
  ...['--model', model, '--shape', shape.join(','), '--threads', String(threads)],
  ...['--optimizer', optimizer, '--mode', mode],
];
