import type { SupportTable } from '@delira/core';
import { lowerings as table } from './lowerings/lowerings.js';

/** What each primitive is computed by; the same for all engines. Without the types of tfjs, which users need not have. */
export const lowerings: SupportTable = table;
