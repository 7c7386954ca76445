/**
 * Expects a typed error. Codes are compared, not classes: a backend may bring a copy of core of its own.
 *
 * @param words what the message must mention.
 * @returns the error.
 * @throws Error when nothing, or something else, was thrown.
 */
export async function expectRejection(
  action: () => unknown,
  code: string,
  words: readonly (string | RegExp)[] = [],
): Promise<Error> {
  let thrown: unknown;
  try {
    await action();
  } catch (error) {
    thrown = error;
  }
  if (!(thrown instanceof Error)) throw new Error(`Expected an error with code ${code}, but nothing was thrown.`);
  const actual = (thrown as Error & { readonly code?: unknown }).code;
  if (actual !== code)
    throw new Error(`Expected an error with code ${code}, got ${String(actual)}: ${thrown.message}`, { cause: thrown });
  for (const word of words) {
    if (typeof word === 'string' ? !thrown.message.includes(word) : !word.test(thrown.message))
      throw new Error(`Expected the message to mention ${String(word)}: ${thrown.message}`, { cause: thrown });
  }
  return thrown;
}
