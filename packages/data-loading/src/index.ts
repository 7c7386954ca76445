export { ArrayDataset, type ArrayDatasetOptions } from './ArrayDataset.js';
export { type Batch, type Loader } from './Batch.js';
export { collate, type Collate } from './collate.js';
export { DataLoader, type DataLoaderOptions, type Transform } from './DataLoader.js';
export { type Dataset } from './Dataset.js';
export { Subset } from './Subset.js';
export { trainTestSplit, type TrainTestSplit, type TrainTestSplitOptions } from './trainTestSplit.js';
