export { affineOf, geometryFromAffine, indexToWorld, type World, worldToIndex } from './geometry/affine.js';
export {
  type Geometry,
  type Grid,
  IDENTITY_DIRECTION,
  type Matrix3,
  type Matrix4,
  type Vector3,
} from './geometry/Geometry.js';
export type { Interpolation } from './resample/Interpolation.js';
export { originOffset } from './resample/originOffset.js';
export { type ResampleOptions, resampleToImage, type ResampleToImageOptions } from './resample/resampleToImage.js';
export { resampleToShape, type ResampleToShapeOptions } from './resample/resampleToShape.js';
export { resampleToSpacing } from './resample/resampleToSpacing.js';
export { splineCoefficients } from './resample/splineCoefficients.js';
export type { Source } from './resample/RowSampler.js';
export { gridOf, type Volume, volume, type VolumeOptions } from './Volume.js';
export { takeSlice } from './measure/takeSlice.js';
export { type Colour, overlayLabels, type OverlayOptions } from './overlayLabels.js';
export { blankVolume, type BlankVolumeOptions } from './blankVolume.js';
export { copyMetadata } from './copyMetadata.js';
export { crop } from './edit/crop.js';
export { cropOrPad } from './edit/cropOrPad.js';
export { orient, orientationOf } from './edit/orient.js';
export { pad, type PadOptions } from './edit/pad.js';
export { type BoundingBoxOptions, boundingBox, type Box } from './measure/boundingBox.js';
export {
  type Components,
  type ComponentsOptions,
  connectedComponents,
  type Connectivity,
} from './measure/connectedComponents.js';
export { largestComponent } from './measure/largestComponent.js';
export { maxEnergySlice, type MaxEnergySliceOptions } from './measure/maxEnergySlice.js';
