import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type TestContext, test } from 'node:test';
import { isAppError } from '#base/error.ts';
import { callService, readAnswerJson, type ServiceConnection } from './call.ts';

const SECRET = 'secret-of-a-test';
const { signal } = new AbortController();

async function listen(context: TestContext, server: Server): Promise<string> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function connection(environment: ServiceConnection['environment'] = {}): ServiceConnection {
  return { name: 'awskms:///key', environment, backoffMs: [] };
}

async function refusal(url: string, by: ServiceConnection): Promise<string> {
  const call = {
    method: 'POST',
    url: `${url}?${SECRET}`,
    headers: { authorization: SECRET },
    body: Buffer.from(SECRET),
  };
  const error = await callService({ ...call, method: 'POST' }, by, signal).then(
    () => assert.fail('expected an error'),
    (thrown: unknown) => thrown,
  );
  assert.ok(isAppError(error), String(error));
  assert.ok(!`${error.stack ?? ''}${String(error.cause)}`.includes(SECRET));
  assert.equal(error.object, 'awskms:///key');
  return `${error.code} ${error.message}`;
}

test('a service is asked through the proxy that the environment names, in upper or lower case', async (context) => {
  const asked: (string | undefined)[] = [];
  const proxy = createServer().on('connect', (request, socket) => {
    asked.push(request.url);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  const url = await listen(context, proxy);
  for (const name of ['HTTPS_PROXY', 'https_proxy']) {
    assert.match(
      await refusal('https://service.test/', connection({ [name]: url, AWS_SECRET_ACCESS_KEY: SECRET })),
      /^KEY_SERVICE_UNREACHABLE .*connection failed at https:\/\/service\.test\//,
    );
  }
  assert.deepEqual(asked, ['service.test:443', 'service.test:443']);
});

test('what goes wrong on the way is told as an error of the key', async (context) => {
  const encoded = await listen(
    context,
    createServer((_request, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end()),
  );
  const elsewhere = await listen(
    context,
    createServer((_request, response) => response.writeHead(307, { location: `/?${SECRET}` }).end()),
  );
  for (const [url, said] of [
    ['http://service.test/', /^KEY_REFERENCE_INVALID .*expected https/],
    [encoded, /^KEY_SERVICE_ANSWER_INVALID .*no content encoding/],
    [elsewhere, /^KEY_SERVICE_UNREACHABLE .*redirect refused/],
  ] as const) {
    assert.match(await refusal(url, connection()), said);
  }
});

test('an answer is strict JSON, and no error shows what it holds', () => {
  assert.deepEqual(readAnswerJson(Buffer.from('{"a":1}'), 'key'), { a: 1 });
  for (const text of ['', `"${SECRET}`, `{"${SECRET}":1,"${SECRET}":2}`, '\u00ff'.repeat(2), '['.repeat(10_000)]) {
    assert.throws(
      () => readAnswerJson(Buffer.from(text, 'latin1'), 'key'),
      (error) =>
        isAppError(error) && error.code === 'KEY_SERVICE_ANSWER_INVALID' && !(error.stack ?? '').includes(SECRET),
    );
  }
});
