/** Bytes of WebAssembly: an instruction after those that put its operands on the stack. */
export type Code = readonly number[];

const VALUE_TYPES = { i32: 0x7f, f32: 0x7d, v128: 0x7b } as const;
type ValueType = keyof typeof VALUE_TYPES;

/** A parameter or a local variable. */
export interface Local {
  readonly get: Code;
  readonly set: (value: Code) => Code;
}

interface FunctionOptions<Name extends string> {
  readonly name: string;
  readonly parameters: Readonly<Partial<Record<Name, ValueType>>>;
  readonly locals: Readonly<Partial<Record<Name, ValueType>>>;
  readonly body: (local: Readonly<Record<Name, Local>>) => Code;
}

/** 32-bit integers, which are addresses as well. */
export const i32 = {
  constant: (value: number): Code => [0x41, ...signed(value)],
  load: (address: Code): Code => [...address, 0x28, 2, 0],
  add: (a: Code, b: Code): Code => [...a, ...b, 0x6a],
  subtract: (a: Code, b: Code): Code => [...a, ...b, 0x6b],
  shiftLeft: (a: Code, b: Code): Code => [...a, ...b, 0x74],
  lessThan: (a: Code, b: Code): Code => [...a, ...b, 0x48],
  notEqual: (a: Code, b: Code): Code => [...a, ...b, 0x47],
} as const;

export const f32 = {
  store: (address: Code, value: Code): Code => [...address, ...value, 0x38, 2, 0],
} as const;

/** Two float64, lanes 0 and 1. Addresses need not be aligned. */
export const f64x2 = {
  constant: (first: number, second: number): Code => [0xfd, 0x0c, ...float64(first), ...float64(second)],
  load: (address: Code, offset = 0): Code => [...address, 0xfd, 0x00, 3, ...unsigned(offset)],
  store: (address: Code, value: Code): Code => [...address, ...value, 0xfd, 0x0b, 3, 0],
  /** One number from memory in both lanes. */
  loadTwice: (address: Code): Code => [...address, 0xfd, 0x0a, 3, 0],
  add: (a: Code, b: Code): Code => [...a, ...b, 0xfd, ...unsigned(0xf0)],
  subtract: (a: Code, b: Code): Code => [...a, ...b, 0xfd, ...unsigned(0xf1)],
  multiply: (a: Code, b: Code): Code => [...a, ...b, 0xfd, ...unsigned(0xf2)],
  /** Two of four lanes: 0 and 1 are those of `a`, 2 and 3 those of `b`. */
  shuffle: (a: Code, b: Code, lanes: readonly [number, number]): Code => [
    ...a,
    ...b,
    0xfd,
    0x0d,
    ...lanes.flatMap((lane) => Array.from({ length: 8 }, (_, byte) => 8 * lane + byte)),
  ],
  /** The sum of both lanes as a float32. */
  sum: (local: Local): Code => [...local.get, 0xfd, 0x21, 0, ...local.get, 0xfd, 0x21, 1, 0xa0, 0xb6],
} as const;

const NO_RESULT = 0x40;
const END = 0x0b;

export function ifElse(condition: Code, then: Code, otherwise: Code): Code {
  return [...condition, 0x04, NO_RESULT, ...then, 0x05, ...otherwise, END];
}

/** At least once, and again while the condition holds. */
export function doWhile(body: Code, condition: Code): Code {
  return [0x03, NO_RESULT, ...body, ...condition, 0x0d, 0, END];
}

/** A function without a result, to be part of a module. */
export interface AssembledFunction {
  readonly name: string;
  readonly type: Code;
  readonly body: Code;
}

export function assembleFunction<Name extends string>(options: FunctionOptions<Name>): AssembledFunction {
  const typesOf = (values: FunctionOptions<Name>['locals']): number[] =>
    Object.values<ValueType | undefined>(values).map((type) => VALUE_TYPES[type!]);
  const names = [...Object.keys(options.parameters), ...Object.keys(options.locals)];
  const local = Object.fromEntries(
    names.map((name, index): [string, Local] => [
      name,
      { get: [0x20, ...unsigned(index)], set: (value) => [...value, 0x21, ...unsigned(index)] },
    ]),
  ) as Record<Name, Local>;
  const declared = typesOf(options.locals).map((type) => [1, type]);
  return {
    name: options.name,
    type: [0x60, ...vector(typesOf(options.parameters).map((type) => [type])), 0],
    body: sized([...vector(declared), ...options.body(local), END]),
  };
}

const [TYPES, FUNCTIONS, MEMORIES, EXPORTS, BODIES] = [1, 3, 5, 7, 10] as const;
const [FUNCTION, MEMORY] = [0, 2] as const;

/** The bytes of a module that exports its functions, and a `memory` of one page that can grow. */
export function assembleModule(functions: readonly AssembledFunction[]): Uint8Array<ArrayBuffer> {
  const exported = functions.map(({ name }, index) => [...text(name), FUNCTION, index]);
  return Uint8Array.from([
    ...text('\0asm').slice(1),
    ...[1, 0, 0, 0],
    ...section(
      TYPES,
      functions.map(({ type }) => type),
    ),
    ...section(
      FUNCTIONS,
      functions.map((_, index) => [index]),
    ),
    ...section(MEMORIES, [[0, 1]]),
    ...section(EXPORTS, [...exported, [...text('memory'), MEMORY, 0]]),
    ...section(
      BODIES,
      functions.map(({ body }) => body),
    ),
  ]);
}

function section(id: number, items: readonly Code[]): Code {
  return [id, ...sized(vector(items))];
}

function vector(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function sized(code: Code): Code {
  return [...unsigned(code.length), ...code];
}

function text(value: string): Code {
  return sized([...new TextEncoder().encode(value)]);
}

function float64(value: number): Code {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setFloat64(0, value, true);
  return [...new Uint8Array(bytes.buffer)];
}

/** LEB128: seven bits a byte, lowest first, the eighth says that more follow. */
function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

/** The same with a sign, which is bit six of the last byte. */
function signed(value: number): Code {
  return value >= -64 && value < 64 ? [value & 127] : [(value & 127) | 128, ...signed(value >> 7)];
}
