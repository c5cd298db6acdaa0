import type { StoreParts } from './store.ts';

/** Until `store/jobs` is there. */
export function pendingJobs(): Pick<StoreParts, 'jobs' | 'work'> {
  const none = (): Promise<never> => Promise.reject(new Error('jobs are not there yet'));
  return { jobs: () => ({ enqueue: none }), work: { start: none, counts: none } };
}
