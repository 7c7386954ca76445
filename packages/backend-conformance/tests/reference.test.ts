import { createReferenceBackend } from '@delira/backend-reference';
import { describeBackend } from '../src/vitest/index.js';
import { liveArrayBytes } from './liveArrayBytes.js';

describeBackend({
  name: 'reference',
  create: createReferenceBackend,
  oracle: true,
  liveBuffers: liveArrayBytes,
});
