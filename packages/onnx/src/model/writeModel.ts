import {
  type Attribute,
  elementTypes,
  type Initializer,
  type OnnxGraph,
  type OnnxModel,
  type OnnxNode,
  type ValueInfo,
} from './OnnxModel.js';
import { ProtobufWriter } from './ProtobufWriter.js';

// Field numbers are those of onnx.proto3 of the ONNX project; IR version 9 goes with opset 17 and later.
const IR_VERSION = 9;
const ATTRIBUTE = { float: 1, integer: 2, string: 3, graph: 5, floats: 6, integers: 7 } as const;

function writeAttribute(writer: ProtobufWriter, name: string, attribute: Attribute): void {
  writer.string(1, name);
  if (typeof attribute === 'number') writer.integer(3, attribute).integer(20, ATTRIBUTE.integer);
  else if (typeof attribute === 'string') writer.string(4, attribute).integer(20, ATTRIBUTE.string);
  else if ('float' in attribute) writer.float(2, attribute.float).integer(20, ATTRIBUTE.float);
  else if ('floats' in attribute) {
    for (const value of attribute.floats) writer.float(7, value);
    writer.integer(20, ATTRIBUTE.floats);
  } else if ('graph' in attribute)
    writer.message(6, (inner) => writeGraph(inner, attribute.graph)).integer(20, ATTRIBUTE.graph);
  else writer.integers(8, attribute).integer(20, ATTRIBUTE.integers);
}

function writeNode(writer: ProtobufWriter, node: OnnxNode): void {
  for (const input of node.inputs) writer.string(1, input);
  for (const output of node.outputs) writer.string(2, output);
  writer.string(3, node.name).string(4, node.type);
  for (const [name, attribute] of Object.entries(node.attributes))
    writer.message(5, (inner) => writeAttribute(inner, name, attribute));
  if (node.domain !== '') writer.string(7, node.domain);
}

function writeInitializer(writer: ProtobufWriter, { name, type, shape, bytes }: Initializer): void {
  writer.integers(1, shape).integer(2, elementTypes[type]).string(8, name).bytes(9, bytes);
}

function writeTensorType(writer: ProtobufWriter, { type, shape }: ValueInfo): void {
  writer.message(1, (tensorType) => {
    tensorType.integer(1, elementTypes[type]);
    tensorType.message(2, (shapeProto) => {
      for (const dimension of shape) {
        shapeProto.message(1, (inner) =>
          typeof dimension === 'number' ? inner.integer(1, dimension) : inner.string(2, dimension),
        );
      }
    });
  });
}

function writeValueInfo(writer: ProtobufWriter, info: ValueInfo): void {
  writer.string(1, info.name).message(2, (typeProto) => {
    if (info.sequence !== true) return writeTensorType(typeProto, info);
    typeProto.message(4, (sequenceType) => sequenceType.message(1, (element) => writeTensorType(element, info)));
  });
}

function writeGraph(writer: ProtobufWriter, graph: OnnxGraph): void {
  for (const node of graph.nodes) writer.message(1, (inner) => writeNode(inner, node));
  writer.string(2, graph.name);
  for (const initializer of graph.initializers) writer.message(5, (inner) => writeInitializer(inner, initializer));
  for (const input of graph.inputs) writer.message(11, (inner) => writeValueInfo(inner, input));
  for (const output of graph.outputs) writer.message(12, (inner) => writeValueInfo(inner, output));
  for (const value of graph.values ?? []) writer.message(13, (inner) => writeValueInfo(inner, value));
}

/** A model as the bytes of an `.onnx` file. */
export function writeModel({ graph, opset, domains, metadata }: OnnxModel): Uint8Array {
  const writer = new ProtobufWriter();
  writer.integer(1, IR_VERSION).string(2, 'delira');
  writer.message(7, (inner) => writeGraph(inner, graph));
  for (const [domain, version] of [['', opset] as const, ...Object.entries(domains)]) {
    writer.message(8, (inner) => inner.string(1, domain).integer(2, version));
  }
  for (const [key, value] of Object.entries(metadata))
    writer.message(14, (inner) => inner.string(1, key).string(2, value));
  return writer.finish();
}
