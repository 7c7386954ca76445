import type { Command } from './Command.js';
import { doctor } from './doctor.js';
import { findLr } from './findLr.js';
import { init } from './init.js';
import { kfold } from './kfold.js';
import { predict } from './predict.js';
import { resume } from './resume.js';
import { test } from './test.js';
import { train } from './train.js';

export const commands = {
  doctor,
  init,
  'find-lr': findLr,
  train,
  resume,
  test,
  predict,
  kfold,
} as const satisfies Readonly<Record<string, Command>>;
