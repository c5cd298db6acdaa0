/** What the worker process does, by kind of job. */
export type { JobHandlers } from './context.ts';
export { createWorker } from './create-worker.ts';
export { startLanes } from './lanes.ts';
export { openWorkerParts } from './parts.ts';
export { schedulesOf } from './schedules.ts';
