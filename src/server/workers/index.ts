/** What the worker process does, by kind of job. */
export { createWorker } from './create-worker.ts';
