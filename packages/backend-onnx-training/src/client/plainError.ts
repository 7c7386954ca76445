import * as core from '@delira/core';
import type { PlainError } from './protocol.js';

export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), fields: {} };
  const { code } = error as { code?: unknown };
  const fields = Object.fromEntries(
    Object.entries(error).filter(
      ([key, value]) => key !== 'code' && ['string', 'number', 'boolean'].includes(typeof value),
    ),
  );
  return {
    name: error.name,
    message: error.message,
    ...(typeof code === 'string' ? { code } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack }),
    fields,
  };
}

type ErrorClass = abstract new (...args: never[]) => Error;

/** The error again, an instance of the class it had if that is one of core's. */
export function fromPlainError({ name, message, code, stack, fields }: PlainError): Error {
  const known = (core as unknown as Readonly<Record<string, unknown>>)[name];
  const prototype =
    typeof known === 'function' && known.prototype instanceof core.DeliraError
      ? (known as unknown as ErrorClass).prototype
      : Error.prototype;
  const error = new Error(message);
  Object.setPrototypeOf(error, prototype);
  return Object.assign(error, {
    name,
    ...(code === undefined ? {} : { code }),
    ...(stack === undefined ? {} : { stack }),
    ...fields,
  });
}
