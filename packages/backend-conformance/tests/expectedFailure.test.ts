import { describe, expect, it } from 'vitest';
import { checkExpectedFailures, type ConformanceCase, createContext, runCase } from '../src/index.js';
import { createNullBackend } from '@delira/backend-reference';

const passing: ConformanceCase = { id: 'primitive/add/same/float32', run: () => Promise.resolve() };
const failing: ConformanceCase = { id: 'primitive/mul/same/float32', run: () => Promise.reject(new Error('wrong')) };
const failure = (id: string): { case: string; reason: string } => ({ case: id, reason: 'rounding' });

describe('xfail', () => {
  it('lets an expected failure fail, and nothing else', async () => {
    const context = await createContext({ create: createNullBackend });
    await runCase(failing, context, failure(failing.id));
    await expect(runCase(failing, context)).rejects.toThrow('wrong');
    await runCase(passing, context);
  });

  it('refuses an expected failure that passes', async () => {
    const context = await createContext({ create: createNullBackend });
    await expect(runCase(passing, context, failure(passing.id))).rejects.toThrow(
      'primitive/add/same/float32 passes, though it is expected to fail (rounding). Remove it from xfail.',
    );
  });

  it('refuses unknown and repeated ids', () => {
    expect(() => checkExpectedFailures([passing], [failure('primitive/add/sam/float32')])).toThrow(
      'There is no conformance case "primitive/add/sam/float32". Did you mean "primitive/add/same/float32"?',
    );
    expect(() => checkExpectedFailures([passing], [failure(passing.id), failure(passing.id)])).toThrow('listed twice');
    expect(checkExpectedFailures([passing, failing], [failure(failing.id)]).get(failing.id)?.reason).toBe('rounding');
  });
});
