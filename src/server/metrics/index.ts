/** What is counted and measured. */
export { measuredBlobs, measuredStore } from './measured.ts';
export { measuredFirstPull } from './measured-first-pull.ts';
export { createMeter, type Meter } from './meter.ts';
export type { ProcessMetrics } from './process-metrics.ts';
export { METRICS_TYPE, renderMetrics } from './render.ts';
export { countRequest } from './requests.ts';
export { routeOf } from './route.ts';
