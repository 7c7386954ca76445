export { gradients, pullback } from './gradients.js';
