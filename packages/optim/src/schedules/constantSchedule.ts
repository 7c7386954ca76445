import type { Schedule } from './Schedule.js';

/** The same value at every step. */
export function constantSchedule(value: number): Schedule {
  return () => value;
}
