const methods = ['debug', 'error', 'info', 'log', 'warn'] as const;

/** One call of a console method. */
export interface ConsoleLine {
  readonly method: (typeof methods)[number];
  readonly text: string;
}

/** Runs `body` while nothing reaches the console, and gives what would have: for tests of code that is meant to write to it. */
export async function captureConsole(body: () => unknown): Promise<readonly ConsoleLine[]> {
  const lines: ConsoleLine[] = [];
  const target = globalThis.console;
  const original = methods.map((method) => [method, target[method]] as const);
  for (const method of methods)
    target[method] = (...values: unknown[]) => {
      lines.push({ method, text: values.map(String).join(' ') });
    };
  try {
    await body();
  } finally {
    for (const [method, implementation] of original) target[method] = implementation;
  }
  return lines;
}
