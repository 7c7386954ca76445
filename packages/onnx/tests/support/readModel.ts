import {
  type Attribute,
  type Dimension,
  type ElementType,
  elementTypes,
  type OnnxGraph,
  type OnnxModel,
  type ValueInfo,
} from '../../src/index.js';
import { type Fields, readPacked, readProtobuf, type WireValue } from './readProtobuf.js';

const utf8 = new TextDecoder();

const all = (fields: Fields, field: number): readonly Uint8Array[] =>
  (fields.get(field) ?? []) as readonly Uint8Array[];
const texts = (fields: Fields, field: number): string[] => all(fields, field).map((bytes) => utf8.decode(bytes));
const messages = (fields: Fields, field: number): Fields[] => all(fields, field).map(readProtobuf);

function only(fields: Fields, field: number): WireValue | undefined {
  const values = fields.get(field) ?? [];
  if (values.length > 1) throw new Error(`Field ${field} stands ${values.length} times, expected once.`);
  return values[0];
}
const text = (fields: Fields, field: number): string =>
  utf8.decode((only(fields, field) as Uint8Array | undefined) ?? new Uint8Array());
const integer = (fields: Fields, field: number): number => Number(only(fields, field));
const message = (fields: Fields, field: number): Fields => readProtobuf(only(fields, field) as Uint8Array);

function elementType(code: number): ElementType {
  const found = Object.entries(elementTypes).find(([, value]) => value === code);
  if (found === undefined) throw new Error(`There is no element type ${code}.`);
  return found[0] as ElementType;
}

const float = (bytes: WireValue | undefined): number => new Float32Array((bytes as Uint8Array).slice().buffer)[0]!;

function readAttribute(fields: Fields): readonly [name: string, value: Attribute] {
  const values: Readonly<Record<number, () => Attribute>> = {
    1: () => ({ float: float(only(fields, 2)) }),
    2: () => integer(fields, 3),
    3: () => text(fields, 4),
    5: () => ({ graph: readGraph(message(fields, 6)) }),
    6: () => ({ floats: fields.get(7)!.map(float) }),
    7: () => readPacked(only(fields, 8) as Uint8Array),
  };
  return [text(fields, 1), values[integer(fields, 20)]!()];
}

function readValueInfo(fields: Fields): ValueInfo {
  const type = message(fields, 2);
  const isSequence = type.has(4);
  const tensor = message(isSequence ? message(message(type, 4), 1) : type, 1);
  const shape = messages(message(tensor, 2), 1).map((dimension): Dimension =>
    dimension.has(1) ? integer(dimension, 1) : text(dimension, 2),
  );
  const info = { name: text(fields, 1), type: elementType(integer(tensor, 1)), shape };
  return isSequence ? { ...info, sequence: true } : info;
}

function readGraph(fields: Fields): OnnxGraph {
  const values = messages(fields, 13).map(readValueInfo);
  return {
    name: text(fields, 2),
    nodes: messages(fields, 1).map((node) => ({
      name: text(node, 3),
      type: text(node, 4),
      domain: text(node, 7),
      inputs: texts(node, 1),
      outputs: texts(node, 2),
      attributes: Object.fromEntries(messages(node, 5).map(readAttribute)),
    })),
    initializers: messages(fields, 5).map((tensor) => ({
      name: text(tensor, 8),
      type: elementType(integer(tensor, 2)),
      shape: readPacked((only(tensor, 1) as Uint8Array | undefined) ?? new Uint8Array()),
      bytes: Uint8Array.from(only(tensor, 9) as Uint8Array),
    })),
    inputs: messages(fields, 11).map(readValueInfo),
    outputs: messages(fields, 12).map(readValueInfo),
    ...(values.length === 0 ? {} : { values }),
  };
}

/** The bytes of an `.onnx` file, read by the field numbers of onnx.proto3. */
export function readModel(bytes: Uint8Array): OnnxModel & { readonly irVersion: number; readonly producer: string } {
  const fields = readProtobuf(bytes);
  const opsets = new Map(messages(fields, 8).map((opset) => [text(opset, 1), integer(opset, 2)]));
  const opset = opsets.get('')!;
  opsets.delete('');
  return {
    irVersion: integer(fields, 1),
    producer: text(fields, 2),
    graph: readGraph(message(fields, 7)),
    opset,
    domains: Object.fromEntries(opsets),
    metadata: Object.fromEntries(messages(fields, 14).map((entry) => [text(entry, 1), text(entry, 2)])),
  };
}
