import { register } from 'node:module';

/** Preloaded by `--import`: see resolveTfjsNode. */
register('./resolveTfjsNode.js', import.meta.url);
