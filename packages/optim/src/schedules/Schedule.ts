/** Value of a hyper for each update, counted from 0; a pure function, computed on the host. */
export interface Schedule {
  (count: number): number;
  /** What it is asked for: the number of updates done, or as `perEpoch` makes it, of epochs. Default `'update'`. */
  readonly counts?: 'update' | 'epoch';
}
