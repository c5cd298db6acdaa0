import { createHash, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, Connection, headerOf } from './connection.ts';
import { type Job, type LoadResult, type PullJob, type PushJob, quantiles, type RateJob } from './job.ts';

/** Throws at the first answer that is not what was asked for: figures of errors mean nothing. What was not asked for yet when the signal comes is not. */
export async function runJob(job: Job, signal: AbortSignal): Promise<LoadResult> {
  const connections = await Promise.all(Array.from({ length: job.connections }, () => Connection.open(job.target)));
  try {
    return await dispatch(job, connections, signal);
  } finally {
    for (const connection of connections) {
      connection.close();
    }
  }
}

async function dispatch(job: Job, connections: readonly Connection[], signal: AbortSignal): Promise<LoadResult> {
  switch (job.kind) {
    case 'pull':
      return await pull(job, connections, signal);
    case 'push':
      return await push(job, connections, signal);
    case 'rate':
      return await atRate(job, connections, signal);
  }
}

async function pull(
  { paths, requests }: PullJob,
  connections: readonly Connection[],
  signal: AbortSignal,
): Promise<LoadResult> {
  const once = async (connection: Connection, index: number): Promise<number> => {
    const path = paths[index % paths.length] ?? '';
    return expectStatus(await connection.ask('GET', path), 200, path).bodyBytes;
  };
  return await asFastAsPossible(requests, connections, once, signal);
}

/** Content is made, and hashed, before the clock runs; only its last bytes differ, so that what came before is hashed once. */
async function push(job: PushJob, connections: readonly Connection[], signal: AbortSignal): Promise<LoadResult> {
  const start = randomBytes(job.bytes - 32);
  const hash = createHash('sha256').update(start);
  return await asFastAsPossible(
    job.requests,
    connections,
    async (connection) => {
      const end = randomBytes(32);
      const digest = `sha256:${hash.copy().update(end).digest('hex')}`;
      const uploads = `/v2/${job.repository}/blobs/uploads/`;
      const { head } = expectStatus(await connection.ask('POST', uploads), 202, uploads);
      const { pathname, search } = new URL(headerOf(head, 'location') ?? '', 'http://registry.invalid');
      const path = `${pathname}${search === '' ? '?' : `${search}&`}digest=${digest}`;
      const type = 'Content-Type: application/octet-stream\r\n';
      expectStatus(await connection.ask('PUT', path, type, [start, end]), 201, path);
      return job.bytes;
    },
    signal,
    job.everyMs,
  );
}

/** `once` gives back how many bytes it moved. */
async function asFastAsPossible(
  requests: number,
  connections: readonly Connection[],
  once: (connection: Connection, index: number) => Promise<number>,
  signal: AbortSignal,
  everyMs = 0,
): Promise<LoadResult> {
  let next = 0;
  let bytes = 0;
  const times: number[] = [];
  const start = performance.now();
  await Promise.all(
    connections.map(async (connection) => {
      while (next < requests && !signal.aborted) {
        const index = next;
        next += 1;
        const sent = performance.now();
        const moved = await once(connection, index);
        bytes += moved;
        times.push(performance.now() - sent);
        const rest = everyMs - (performance.now() - sent);
        if (rest > 0) {
          await sleep(rest, undefined, { signal }).catch(() => undefined);
        }
      }
    }),
  );
  const seconds = (performance.now() - start) / 1000;
  return { requests: times.length, bytes, seconds, latency: quantiles(times), late: quantiles([]) };
}

async function atRate(job: RateJob, connections: readonly Connection[], signal: AbortSignal): Promise<LoadResult> {
  const idle = [...connections];
  const due: number[] = [];
  const latencies: number[] = [];
  const lates: number[] = [];
  const pending: Promise<void>[] = [];
  let bytes = 0;
  const ask = async (connection: Connection, scheduled: number): Promise<void> => {
    const { bodyBytes } = expectStatus(await connection.ask('GET', job.path, job.headers), 200, job.path);
    latencies.push(performance.now() - scheduled);
    bytes += bodyBytes;
    const waiting = due.shift();
    if (waiting === undefined) {
      idle.push(connection);
    } else {
      await ask(connection, waiting);
    }
  };
  await ask(connections[0] ?? (await Connection.open(job.target)), performance.now());
  latencies.length = 0;
  idle.splice(0, idle.length, ...connections);
  const total = job.perSecond * job.seconds;
  const start = performance.now();
  for (let sent = 0; sent < total && !signal.aborted; ) {
    const now = performance.now();
    for (let at = scheduledAt(sent); sent < total && at <= now; at = scheduledAt(sent)) {
      sent += 1;
      lates.push(now - at);
      const connection = idle.shift();
      if (connection === undefined) {
        due.push(at);
      } else {
        pending.push(ask(connection, at));
      }
    }
    await sleep(1);
  }
  await Promise.all(pending);
  const seconds = (performance.now() - start) / 1000;
  return { requests: latencies.length, bytes, seconds, latency: quantiles(latencies), late: quantiles(lates) };

  function scheduledAt(index: number): number {
    return start + (index * 1000) / job.perSecond;
  }
}

function expectStatus(answer: Answer, status: number, path: string): Answer {
  if (answer.status !== status) {
    throw new Error(`expected ${status} for ${path}, got ${answer.head}`);
  }
  return answer;
}
