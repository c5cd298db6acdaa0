import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { evidence } from '#test/evidence.ts';
import { exchangeFor, get, refusal, textOf } from '#test/fixtures/exchange.ts';
import { startHostile } from '#test/fixtures/hostile-registry.ts';

evidence(
  'oci/registry',
  'self-made',
  'a server that hangs, trickles, lies, redirects and refuses, and counts what it is asked',
);

test('an answer of any status comes with its headers, challenges apart, and a connection is used again', async (context) => {
  const ports = new Set<number | undefined>();
  const server = await startHostile(context, (request, response) => {
    ports.add(request.socket.remotePort);
    const challenges = ['Bearer realm="a"', 'Basic realm="b"'];
    response.writeHead(401, { 'www-authenticate': challenges, ['__proto__']: 'x', 'x-a': ['1', '2'] }).end('no');
  });
  const exchange = exchangeFor(context, server.host);
  for (let round = 0; round < 3; round += 1) {
    const answer = await exchange.send(get(server.origin));
    assert.equal(answer.status, 401);
    assert.deepEqual(answer.challenges, ['Bearer realm="a"', 'Basic realm="b"']);
    assert.equal(answer.headers.get('x-a'), '1, 2');
    assert.equal(await textOf(answer), 'no');
  }
  assert.equal(ports.size, 1);
  assert.equal(server.asked[0]?.headers['accept-encoding'], 'identity');
});

test('a server that hangs before its headers is given up', async (context) => {
  const server = await startHostile(context, () => undefined);
  const exchange = exchangeFor(context, server.host, { slowness: { answerMs: 300 } });
  const error = await refusal(exchange.send(get(`${server.origin}/v2/?secret=1`)), 'REGISTRY_TIMEOUT');
  assert.equal(error.message, `GET ${server.origin}/v2/: too slow: expected an answer within 300 ms, found none`);
});

test('a body that stops is given up', async (context) => {
  const server = await startHostile(context, (_request, response) => void response.writeHead(200).write('a'));
  const answer = await exchangeFor(context, server.host, { slowness: { idleMs: 300 } }).send(get(server.origin));
  const error = await refusal(textOf(answer), 'REGISTRY_TIMEOUT');
  assert.equal(error.expected, 'more bytes within 300 ms');
});

test('a body that trickles is given up although it never stops', async (context) => {
  const server = await startHostile(context, (_request, response) => {
    const drip = setInterval(() => response.write('a'), 20);
    response.on('close', () => clearInterval(drip));
  });
  const answer = await exchangeFor(context, server.host, { slowness: { windowMs: 200, totalMs: 20_000 } }).send(
    get(server.origin),
  );
  const error = await refusal(textOf(answer), 'REGISTRY_TIMEOUT');
  assert.equal(error.expected, 'at least 1024 bytes per second');
});

test('headers that trickle are given up', async (context) => {
  const server = await startHostile(context, (_request, response) => {
    const drip = setInterval(() => response.socket?.write('x'), 20);
    response.socket?.on('close', () => clearInterval(drip));
    response.socket?.write('HTTP/1.1 200 OK\r\nx-a: ');
  });
  const exchange = exchangeFor(context, server.host, { slowness: { answerMs: 300 } });
  await refusal(exchange.send(get(server.origin)), 'REGISTRY_TIMEOUT');
});

test('a server that switches protocols, which nobody asked it to, is an error at once', async (context) => {
  const server = await startHostile(context, (_request, response) => {
    response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
  });
  const waiting = Promise.withResolvers<never>();
  const patience = setTimeout(() => waiting.reject(new Error('no error')), 25_000);
  const answer = exchangeFor(context, server.host).send(get(server.origin));
  const error = await refusal(Promise.race([answer, waiting.promise]), 'REGISTRY_UNREACHABLE');
  clearTimeout(patience);
  assert.equal(error.found, '"closed without an answer"');
});

test('interim answers without end are no answer', async (context) => {
  const server = await startHostile(context, (_request, response) => {
    const more = setInterval(() => response.socket?.write('HTTP/1.1 103 Early Hints\r\nlink: <x>\r\n\r\n'), 10);
    response.socket?.on('close', () => clearInterval(more));
  });
  const exchange = exchangeFor(context, server.host, { slowness: { answerMs: 300 } });
  await refusal(exchange.send(get(server.origin)), 'REGISTRY_TIMEOUT');
});

test('the time that the reader takes for itself does not count', async (context) => {
  const server = await startHostile(context, (_request, response) => void response.end(Buffer.alloc(4 << 20)));
  // Long enough for honest bytes on a busy machine.
  const answer = await exchangeFor(context, server.host, { slowness: { idleMs: 2000 } }).send(get(server.origin));
  let length = 0;
  for await (const chunk of answer.body) {
    if (length === 0) {
      await new Promise((resolve) => {
        setTimeout(resolve, 2500);
      });
    }
    length += chunk.length;
  }
  assert.equal(length, 4 << 20);
});

test('all of an answer has to come within its deadline', async (context) => {
  const server = await startHostile(context, (_request, response) => {
    const flow = setInterval(() => response.write(Buffer.alloc(4096)), 10);
    response.on('close', () => clearInterval(flow));
  });
  const all = async (): Promise<string> =>
    await textOf(await exchangeFor(context, server.host).send(get(server.origin, { totalMs: 200 })));
  const error = await refusal(all(), 'REGISTRY_TIMEOUT');
  assert.equal(error.expected, 'all of it within 200 ms');
});

test('the caller can break off, and hears its own reason', async (context) => {
  const controller = new AbortController();
  const server = await startHostile(context, () => controller.abort(new Error('enough')));
  await assert.rejects(
    exchangeFor(context, server.host).send(get(server.origin, { signal: controller.signal })),
    /^Error: enough$/,
  );
});

test('an encoded answer is refused, so that no bomb is ever unpacked', async (context) => {
  const server = await startHostile(context, (_request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(1 << 20)));
  });
  const error = await refusal(exchangeFor(context, server.host).send(get(server.origin)), 'REGISTRY_ANSWER_INVALID');
  assert.equal(error.message, `GET ${server.origin}/: encoded answer: expected no content encoding, found "gzip"`);
});

test('oversized headers are refused', async (context) => {
  const server = await startHostile(context, (_request, response) => {
    response.writeHead(200, { 'x-large': 'a'.repeat(64 * 1024) }).end();
  });
  const error = await refusal(exchangeFor(context, server.host).send(get(server.origin)), 'REGISTRY_ANSWER_INVALID');
  assert.equal(error.expected, 'at most 32768 bytes');
});

test('what is not HTTP, or no TLS, or nothing at all is told apart', async (context) => {
  const server = await startHostile(context, (_request, response) => void response.socket?.end('hello\r\n\r\n'));
  const exchange = exchangeFor(context, server.host);
  await refusal(exchange.send(get(server.origin)), 'REGISTRY_ANSWER_INVALID');
  await refusal(exchange.send(get(`https://${server.host}/`)), 'REGISTRY_TLS');
  const gone = await refusal(exchange.send(get('http://127.0.0.1:1/')), 'REGISTRY_UNREACHABLE');
  assert.ok(gone.temporary);
});
