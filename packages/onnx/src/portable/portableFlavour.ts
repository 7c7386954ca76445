import type { Flavour } from '../lowering/Flavour.js';
import { lowerWithTable } from '../lowering/lowerWithTable.js';
import { portableLowerings } from './portableLowerings.js';

/** Standard operators only, plain layouts. */
export const portableFlavour: Flavour = {
  name: 'portable',
  lower: (program) => lowerWithTable(program, portableLowerings),
};
