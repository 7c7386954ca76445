// Asks for the backend in the place its argument names and prints the error as JSON: for installations where it cannot start.
import { createOnnxBackend } from '@delira/backend-onnx-training';
import * as core from '@delira/core';

try {
  await createOnnxBackend({ thread: process.argv[2] });
  process.stdout.write('started');
} catch (error) {
  const { name, code, message } = error;
  const isTyped = error instanceof core[name];
  process.stdout.write(JSON.stringify({ name, code, message, isTyped }));
}
