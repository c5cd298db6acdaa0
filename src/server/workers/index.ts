/** What the worker process does, by kind of job. */
export { createWorker, type JobHandlers, type WorkerContext } from './create-worker.ts';
