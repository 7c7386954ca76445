/** Base class of every error this project throws on purpose. `code` is stable and safe to switch on; messages may be reworded. */
export class DeliraError extends Error {
  readonly code: string;

  constructor(code: string, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** Shapes do not fit together. */
export class ShapeError extends DeliraError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('SHAPE', message, options);
  }
}

/** A dtype is not what an operation or input takes. */
export class DTypeError extends DeliraError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('DTYPE', message, options);
  }
}

/** An option, name or argument is not acceptable. */
export class ArgumentError extends DeliraError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('ARGUMENT', message, options);
  }
}

/** Data given by the user (a batch, a file) breaks the contract it was declared with. */
export class InputError extends DeliraError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('INPUT', message, options);
  }
}

/** A tensor was used outside of the trace it belongs to, or no trace is active. */
export class TraceError extends DeliraError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('TRACE', message, options);
  }
}

/** A loss was computed from a variable's value that an update has replaced since. */
export class StaleReadError extends DeliraError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('STALE_READ', message, options);
  }
}

/** A Program breaks an invariant of the intermediate representation: always a bug in whatever built it. */
export class ProgramError extends DeliraError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('PROGRAM', message, options);
  }
}

/** A backend cannot run a primitive, dtype, provider or option. Thrown by `compile` or creation, never by `run`. */
export class UnsupportedError extends DeliraError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('UNSUPPORTED', message, options);
  }
}

/** A name is not in a registry, a state store, a list of backends. The message lists what there is. */
export class NotFoundError extends DeliraError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('NOT_FOUND', message, options);
  }
}

/** An optional engine or library is not installed. The message names the command that installs it. */
export class MissingPackageError extends DeliraError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('MISSING_PACKAGE', message, options);
  }
}

/** An object was used after `dispose()`. */
export class DisposedError extends DeliraError {
  constructor(what: string) {
    super('DISPOSED', `${what} was used after dispose(). Create a new one, or dispose it later.`);
  }
}

/** The engine reported a failure while creating a session or running it. */
export class EngineError extends DeliraError {
  constructor(message: string, options?: { readonly cause?: unknown }) {
    super('ENGINE', message, options);
  }
}

/** An output that had to be finite was NaN or infinite; the state is as it was before the run. */
export class NonFiniteOutputError extends DeliraError {
  /** @param step position of the first such step within the run, from 0. */
  constructor(
    readonly output: string,
    readonly step: number,
    readonly value: number,
  ) {
    super(
      'NON_FINITE_OUTPUT',
      `The output "${output}" of step ${step} of this run is ${value}. Nothing was written. Lower the learning rate, clip gradients, or look at that step's samples.`,
    );
  }
}
