import { type Module, namedModules, setTrainable } from '@delira/core';

interface Freezable {
  frozen: boolean;
}

function isFreezable(module: Module): module is Module & Freezable {
  return typeof (module as Partial<Freezable>).frozen === 'boolean';
}

function setFrozen(module: Module, frozen: boolean, test: (name: string) => boolean): readonly string[] {
  const changed = setTrainable(module, !frozen, test);
  for (const [path, child] of namedModules(module)) {
    const statistics = path === '' ? 'running_mean' : `${path}.running_mean`;
    if (isFreezable(child) && test(statistics)) child.frozen = frozen;
  }
  return changed;
}

/**
 * Freezes what training would change below a module: parameters get no update, and batch norm keeps its running statistics and
 * normalises with them. Do it before the system is built, since optimizers are bound to the parameters that are trainable then.
 *
 * @param test takes variable names, such as `'layer1.0.conv1.weight'` and `'layer1.0.bn1.running_mean'`. Default: all.
 * @returns names of the parameters frozen.
 */
export function freeze(module: Module, test: (name: string) => boolean = () => true): readonly string[] {
  return setFrozen(module, true, test);
}

/** The reverse of `freeze`. @returns names of the parameters thawed. */
export function thaw(module: Module, test: (name: string) => boolean = () => true): readonly string[] {
  return setFrozen(module, false, test);
}
