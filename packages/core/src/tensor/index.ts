export { currentTrace, withTrace } from './currentTrace.js';
export { binary, bind, bindAll, constant, liftPair, Tensor } from './Tensor.js';
export { type InferTable, type StateCell, Trace, type TraceContext, type TraceOptions } from './Trace.js';
