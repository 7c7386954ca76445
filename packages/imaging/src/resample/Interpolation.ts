/** How values between voxels are found: the nearest voxel, trilinear, or a cubic B-spline through the voxels (ITK's `sitkBSpline`). */
export type Interpolation = 'nearest' | 'linear' | 'cubic';
