/** One thing that a schema finds wrong: where, as names and positions from the value it was given, and what. */
export interface SchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

export type SchemaResult<T> =
  { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly SchemaIssue[] };

/**
 * What checks a value and gives it a type: any schema that follows Standard Schema (https://standardschema.dev), such as those of Zod,
 * Valibot and ArkType, and those of this package.
 */
export interface Schema<T> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<T> | Promise<SchemaResult<T>>;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

/** A schema of this package: checks at once, without promises. */
export interface PlainSchema<T> extends Schema<T> {
  readonly '~standard': {
    readonly version: 1;
    readonly vendor: 'delira';
    readonly validate: (value: unknown) => SchemaResult<T>;
  };
}

/** The type a schema gives. */
export type OutputOf<S> = S extends Schema<infer T> ? T : never;

export function plainSchema<T>(validate: (value: unknown) => SchemaResult<T>): PlainSchema<T> {
  return { '~standard': { version: 1, vendor: 'delira', validate } };
}
