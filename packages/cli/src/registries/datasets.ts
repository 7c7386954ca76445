import { caseFolder } from '../data/caseFolder.js';
import { decathlon, nnunet } from '../data/describedCases.js';
import { imageFolder } from '../data/imageFolder.js';
import { mnist } from '../data/mnist.js';
import type { Registries } from './Registries.js';

export function addDatasets(datasets: Registries['datasets']): void {
  datasets
    .register('ImageFolder', imageFolder)
    .register('MNIST', mnist)
    .register('CaseFolder', caseFolder)
    .register('Nnunet', nnunet)
    .register('Decathlon', decathlon);
}
