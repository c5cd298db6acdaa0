import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { askApi } from './api-client.ts';

const UNDER_WAY = { status: 409, title: 'the same request is being done', code: 'API_KEY_UNDER_WAY', requestId: 'r' };

/** Answers one after the other; the last one again and again. */
async function serve(context: { after(end: () => void): void }, answers: readonly (readonly [number, object])[]) {
  const keys: unknown[] = [];
  const server = createServer((request, response) => {
    const [status, body] = answers[Math.min(keys.length, answers.length - 1)] ?? [500, {}];
    keys.push(request.headers['idempotency-key']);
    request.resume();
    response.writeHead(status, { 'content-type': 'application/json', 'retry-after': '1' }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => void server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const credential = { username: 'u', password: 'p' };
  return { target: { origin, credential, environment: {}, signal: new AbortController().signal }, keys };
}

test('a request that is still being done is asked for again with its key, and its answer is that of the first', async (context) => {
  const { target, keys } = await serve(context, [
    [409, UNDER_WAY],
    [202, { id: 'a' }],
  ]);
  const answer = await askApi(target, 'POST', '/acquisitions', {}, 'key-1');
  assert.deepEqual(answer, { id: 'a' });
  assert.deepEqual(keys, ['key-1', 'key-1']);
});

test('without a key nothing is sent twice', async (context) => {
  const { target, keys } = await serve(context, [[409, UNDER_WAY]]);
  await assert.rejects(askApi(target, 'POST', '/acquisitions', {}), { code: 'SERVER_REFUSED' });
  assert.equal(keys.length, 1);
});

test('whether it was done is not known where the server is not done with it for too long', {
  timeout: 10_000,
}, async (context) => {
  const { target, keys } = await serve(context, [[409, UNDER_WAY]]);
  const asked = askApi({ ...target, underWayMs: 1500 }, 'POST', '/acquisitions', {}, 'key-1');
  await assert.rejects(asked, { code: 'SERVER_OUTCOME_UNKNOWN', object: target.origin });
  assert.equal(keys.length, 2);
});
