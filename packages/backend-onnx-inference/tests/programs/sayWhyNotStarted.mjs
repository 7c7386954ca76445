import { DeliraError } from '@delira/core';

const [entry] = process.argv.slice(2);
const { createBackend } = await import(entry);
try {
  await createBackend();
} catch (error) {
  const { name, code, message } = error;
  process.stdout.write(JSON.stringify({ name, code, message, isTyped: error instanceof DeliraError }));
}
