/** What the process of an engine prints, by a network's number: how long it took, and why it could not be run. */
export type EngineReport = Readonly<Record<string, { readonly seconds: number; readonly error?: string }>>;

/** Exit code of a process whose engine is not here; the reason is its last line on standard error. */
export const NOT_HERE = 3;
