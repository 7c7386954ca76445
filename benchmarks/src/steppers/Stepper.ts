/** What one request of a stepper measured. */
export interface Steps {
  /** Mean time of a step in milliseconds, one entry per call of the engine. */
  readonly ms: readonly number[];
  /** Resident memory now, in MiB. */
  readonly rssMb: number;
  /** The most resident memory so far, in MiB. */
  readonly peakRssMb: number;
}

/** A process of its own that runs training steps on demand, so that two engines alternate without sharing anything. */
export interface Stepper {
  readonly name: string;
  /** What it said when it was ready: versions, compile time. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Runs that many steps and says how long they took. */
  steps(count: number): Promise<Steps>;
  close(): Promise<void>;
}
