import { createReferenceBackend } from '@delira/backend-reference';
import { ndarray, type Optimizer, trace } from '@delira/core';

/** What a transform without state makes of gradients, one vector each, in float64. */
export async function applyTransform(
  transform: Optimizer,
  gradients: readonly (readonly number[])[],
): Promise<number[][]> {
  const names = gradients.map((_, index) => `g${index}`);
  const program = trace((recording) => {
    const feeds = gradients.map(({ length }, index) =>
      recording.feed(names[index]!, { shape: [length], dtype: 'float64' }),
    );
    const [updates] = transform.update(feeds, {}, { params: feeds, names, hyper: (name) => recording.hyper(name) });
    return Object.fromEntries(updates.map((update, index) => [names[index]!, update]));
  });
  const backend = createReferenceBackend();
  const executable = await backend.compile(program);
  const state = await backend.createState(new Map());
  const batch = Object.fromEntries(
    gradients.map((values, index) => [names[index]!, ndarray([...values], [values.length], 'float64')]),
  );
  const [outputs] = await executable.run(state, [{ batch }]);
  await backend.dispose();
  return names.map((name) => Array.from(outputs![name]!.data));
}
