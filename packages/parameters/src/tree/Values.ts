import type { Json } from '@delira/core';

/** A tree of parameters: plain data that JSON can hold, with names for its top level. */
export type Values = Readonly<Record<string, Json>>;
