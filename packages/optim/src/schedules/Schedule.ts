/** Value of a hyper for each step, counted from 0; a pure function, computed on the host. */
export type Schedule = (step: number) => number;
