import { afterEach } from 'vitest';

const stray: string[] = [];

// A test that expects output gives the console an implementation of its own: vi.spyOn(console, 'warn').mockImplementation(…).
for (const method of ['debug', 'error', 'info', 'log', 'warn'] as const) {
  console[method] = (...values: unknown[]) => {
    stray.push(`console.${method}: ${values.map(String).join(' ')}`);
  };
}

afterEach(() => {
  const output = stray.splice(0);
  if (output.length > 0) throw new Error(`The code under test wrote to the console:\n${output.join('\n')}`);
});
