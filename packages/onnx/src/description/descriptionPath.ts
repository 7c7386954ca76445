/** Where the description of a model stands: `unet.json` beside `unet.onnx`. */
export function descriptionPath(model: string): string {
  return `${model.replace(/\.onnx$/, '')}.json`;
}
