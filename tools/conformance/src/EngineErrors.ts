/** What the process of an engine prints: why a network could not be run, by its number. */
export type EngineErrors = Readonly<Record<string, string>>;

/** Exit code of a process whose engine is not here; the reason is its last line on standard error. */
export const NOT_HERE = 3;
