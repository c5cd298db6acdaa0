import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Job, LoadResult } from './job.ts';

export { Connection, type Target } from './connection.ts';
export type { Job, LoadResult } from './job.ts';

/** Runs a job in a process of its own, so that neither the bench nor another job delays it. */
export async function load(job: Job, signal?: AbortSignal): Promise<LoadResult> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'process.ts'), JSON.stringify(job)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  signal?.addEventListener('abort', () => child.stdin.end(), { once: true });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    text += more;
  });
  const status = await new Promise<number | null>((settle, reject) => {
    child.on('error', reject).on('close', settle);
  });
  if (status !== 0) {
    throw new Error(`a client for the load (${job.kind}) exited with ${status}`);
  }
  return JSON.parse(text) as LoadResult;
}
