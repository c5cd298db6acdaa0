import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { evidence } from '../evidence.ts';
import { type ServerOptions, startServer, type TestServer } from '../fixtures/server.ts';

evidence(
  'platform/processes',
  'real tool',
  'the server as it is started from a shell, its processes killed by the system',
);

async function serverFor(context: TestContext, options: ServerOptions = {}): Promise<TestServer> {
  const server = await startServer(options);
  context.after(async () => await server.stop());
  return server;
}

/** Until it holds, for as long as a busy machine may need. */
async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + 60_000; !(await holds()); await sleep(25)) {
    assert.ok(performance.now() < deadline, what);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('starts, answers that it is ready, and ends with 0 when it is asked to', async (context) => {
  const server = await serverFor(context);
  const ready = await server.request('/readyz');
  assert.equal(ready.status, 200);
  assert.match(ready.headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/);
  const pids = (['front', 'worker', 'admission'] as const).map((name) => server.processId(name) ?? 0);
  assert.ok(pids.every(isAlive));
  assert.equal(await server.kill('SIGTERM'), 0);
  assert.ok(!pids.some(isAlive));
});

test('SIGINT is as good as SIGTERM', async (context) => {
  const server = await serverFor(context);
  assert.equal(await server.kill('SIGINT'), 0);
});

test('a worker that is killed is started again, and the registry answers all the while', async (context) => {
  const server = await serverFor(context);
  const first = server.processId('worker') ?? 0;
  process.kill(first, 'SIGKILL');
  let answers = 0;
  await until('another worker', async () => {
    assert.equal((await server.request('/healthz')).status, 200);
    answers += 1;
    return server.processId('worker') !== first;
  });
  assert.ok(answers > 0);
  assert.match(server.log(), /"role":"worker".*"signal":"SIGKILL".*"a process died"/);
  const metrics = await (await server.request('/metrics')).text();
  assert.match(metrics, /^plimsoll_process_restarts_total\{process="supervisor",name="worker"\} 1$/m);
});

test('a front that is killed is started again on the same port', async (context) => {
  const server = await serverFor(context);
  const first = server.processId('front') ?? 0;
  process.kill(first, 'SIGKILL');
  await until('another front', () => server.processId('front') !== first);
  assert.equal((await server.request('/healthz')).status, 200);
});

test('a process that dies again and again ends the server, which says so', async (context) => {
  const server = await serverFor(context);
  const ended = new Set<number>();
  const killer = setInterval(() => {
    const pid = server.processId('admission') ?? 0;
    if (!ended.has(pid) && isAlive(pid)) {
      ended.add(pid);
      process.kill(pid, 'SIGKILL');
    }
  }, 10);
  context.after(() => clearInterval(killer));
  await until('the end of the server', () => !isAlive(server.pid));
  assert.match(server.log(), /plimsoll: admission: the process dies as soon as it is started.*6 deaths in a row/);
  assert.equal(ended.size, 6);
});

test('no process is left when the supervisor is killed', async (context) => {
  const server = await serverFor(context);
  const pids = (['front', 'worker', 'admission'] as const).map((name) => server.processId(name) ?? 0);
  await server.kill('SIGKILL');
  await until('the end of all', () => !pids.some(isAlive));
});

test('a port that is taken is said, and nothing is left behind', async (context) => {
  const server = await serverFor(context);
  const home = mkdtempSync(join(tmpdir(), 'plimsoll-second-'));
  context.after(() => rmSync(home, { recursive: true, force: true }));
  await assert.rejects(startServer({ home, listen: server.host }), (error: Error) => {
    assert.match(error.message, new RegExp(`exit code 3.*${server.host}: another program listens there`, 's'));
    return true;
  });
});

test('signals that a terminal sends to all processes are the supervisor’s alone', async (context) => {
  const server = await serverFor(context);
  const front = server.processId('front') ?? 0;
  process.kill(front, 'SIGINT');
  process.kill(front, 'SIGTERM');
  await sleep(200);
  assert.ok(isAlive(front));
  assert.equal((await server.request('/healthz')).status, 200);
});
