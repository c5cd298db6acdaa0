import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { test } from 'node:test';
import { exchangeFor, get, refusal, textOf } from '#test/fixtures/exchange.ts';
import { startHostile } from '#test/fixtures/hostile-registry.ts';
import { statusError } from './error.ts';
import type { Exchange } from './exchange.ts';
import { type RetrySettings, withRetries } from './retries.ts';

interface Waits extends RetrySettings {
  readonly waits: number[];
}

function retries(more: Partial<RetrySettings> = {}): Waits {
  const waits: number[] = [];
  const sleep = (ms: number): Promise<void> => {
    waits.push(ms);
    return Promise.resolve();
  };
  return { clock: { now: () => 0 }, random: () => 1, sleep, attempts: 4, baseMs: 100, capMs: 250, waits, ...more };
}

function inTurn(
  ...answers: readonly ((response: ServerResponse) => void)[]
): (request: unknown, response: ServerResponse) => void {
  let turn = 0;
  return (_request, response) => {
    answers[Math.min(turn, answers.length - 1)]?.(response);
    turn += 1;
  };
}

test('500 once, 429 for a while and a dropped connection are outlived, with jitter and as Retry-After says', async (context) => {
  const settings = retries();
  const server = await startHostile(
    context,
    inTurn(
      (response) => response.writeHead(500).end(),
      (response) => response.writeHead(429, { 'retry-after': '7' }).end(),
      (response) => response.socket?.destroy(),
      (response) => response.end('done'),
    ),
  );
  const answer = await withRetries(exchangeFor(context, server.host), settings).send(get(server.origin));
  assert.equal(await textOf(answer), 'done');
  assert.deepEqual(settings.waits, [100, 7000, 250]);
});

test('the last answer is handed on, and a wait that is too long is not waited for', async (context) => {
  const server = await startHostile(context, (request, response) => {
    response
      .writeHead(request.url === '/long' ? 429 : 503, { 'retry-after': request.url === '/long' ? '3600' : '0' })
      .end();
  });
  const exchange = withRetries(exchangeFor(context, server.host), retries());
  assert.equal((await exchange.send(get(server.origin))).status, 503);
  assert.equal(server.asked.length, 4);
  const request = get(`${server.origin}/long`);
  const error = await statusError(request, await exchange.send(request));
  assert.equal(server.asked.length, 5);
  assert.equal(error.code, 'REGISTRY_RATE_LIMITED');
  assert.equal(error.found, '429 (Retry-After "3600")');
});

test('what another try will not change is not tried again, nor a POST that may have been handled', async (context) => {
  const server = await startHostile(context, (_request, response) => void response.writeHead(500).end());
  const settings = retries();
  const exchange = withRetries(exchangeFor(context, server.host), settings);
  assert.equal((await exchange.send(get(server.origin, { method: 'POST', body: 'a=b' }))).status, 500);
  await refusal(exchange.send(get('https://10.0.0.1/')), 'REGISTRY_ADDRESS_REFUSED');
  assert.deepEqual(settings.waits, []);
});

test('a server that hangs is asked once more and no oftener', async (context) => {
  const server = await startHostile(context, () => undefined);
  const hasty = exchangeFor(context, server.host, { slowness: { answerMs: 50 } });
  // Counted where they are sent: on a busy machine the server may not have heard of one that is given up so soon.
  let sent = 0;
  const counting: Exchange = {
    send: async (request) => {
      sent += 1;
      return await hasty.send(request);
    },
  };
  await refusal(withRetries(counting, retries()).send(get(server.origin)), 'REGISTRY_TIMEOUT');
  assert.equal(sent, 2);
});

test('an error body is read for its codes, shortened and quoted, and never in full', async (context) => {
  const bodies: readonly (readonly [string, string])[] = [
    ['{"errors":[{"code":"DENIED","message":"no\\u001b[31m"}]}', '403 ("DENIED" "no\\u001b[31m")'],
    [
      `{"errors":[{"code":"${'A'.repeat(1000)}","message":"${'b'.repeat(1000)}"}]}`,
      `403 ("${'A'.repeat(64)}" "${'b'.repeat(200)}")`,
    ],
    [`{"errors":[{"code":"X"}],"more":"${'a'.repeat(100_000)}"}`, '403'],
    ['<html>', '403'],
    ['{"errors":{"__proto__":1}}', '403'],
    ['{"errors":[null,1,{"code":7}]}', '403'],
  ];
  for (const [body, found] of bodies) {
    const server = await startHostile(context, (_request, response) => void response.writeHead(403).end(body));
    const request = get(`${server.origin}/v2/?token=secret`);
    const error = await statusError(request, await exchangeFor(context, server.host).send(request));
    assert.equal(error.found, found);
    assert.equal(error.object, `GET ${server.origin}/v2/`);
    assert.equal(error.status, 403);
  }
});
