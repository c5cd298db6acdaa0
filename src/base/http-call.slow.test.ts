import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { makeAuthority } from '#test/fixtures/certificates.ts';
import { missing } from '#test/prerequisites.ts';
import { isAppError } from './error.ts';
import { type HttpCall, type HttpCallOptions, httpCall } from './http-call.ts';

const OPTIONS: HttpCallOptions = {
  signal: new AbortController().signal,
  totalTimeoutMs: 60_000,
  maxBytes: 1000,
  retries: { backoffMs: [1, 1] },
};
const SECRET = 'hunter2';

async function listen(context: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  context.after(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  });
  return (server.address() as AddressInfo).port;
}

async function serve(context: TestContext, listener: RequestListener): Promise<string> {
  return `http://127.0.0.1:${await listen(context, createServer(listener))}/sign`;
}

/** Whatever is secret in a call is in this one; no error may hold any of it. */
function secretCall(url: string): HttpCall {
  const headers = { Authorization: `Bearer ${SECRET}` };
  return { method: 'POST', url: `${url}?token=${SECRET}`, headers, body: Buffer.from(SECRET) };
}

async function refusal(promise: Promise<unknown>, code: string): Promise<Error> {
  const error = await promise.then(
    (answer) => assert.fail(`expected ${code}, got ${JSON.stringify(answer)}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(isAppError(error), String(error));
  assert.equal(error.code, code, error.message);
  const { cause } = error;
  assert.doesNotMatch(`${error.stack ?? ''}${cause instanceof Error ? (cause.stack ?? '') : ''}`, new RegExp(SECRET));
  return error;
}

describe('a call', () => {
  it('sends its method, headers and body, and brings back what came', async (context) => {
    const asked: string[] = [];
    const url = await serve(context, (request, response) => {
      request.setEncoding('utf8').on('data', (text: string) => asked.push(text));
      request.on('end', () => {
        const { accept, 'user-agent': agent, 'content-length': length, 'x-one': one } = request.headers;
        asked.push(`${request.method} ${request.url} ${accept} ${agent} ${length} ${String(one)}`);
        response.writeHead(201, { 'X-Two': ['a', 'b'] }).end('answer');
      });
    });
    const headers = { 'X-One': '1', Accept: 'application/json' };
    const answer = await httpCall(
      { method: 'PUT', url: `${url}?a=b`, headers, body: Buffer.from('body') },
      { ...OPTIONS, userAgent: 'test' },
    );
    assert.deepEqual(asked, ['body', 'PUT /sign?a=b application/json test 4 1']);
    assert.equal(answer.status, 201);
    assert.equal(answer.headers['x-two'], 'a, b');
    assert.equal(Buffer.from(answer.body).toString(), 'answer');
  });

  it('brings back errors of the service with their bodies, and asks once', async (context) => {
    let count = 0;
    const url = await serve(context, (request, response) => {
      count += 1;
      response.writeHead(Number(request.url?.slice('/sign'.length))).end('what is wrong');
    });
    for (const status of [400, 403, 404, 500]) {
      const answer = await httpCall({ method: 'GET', url: `${url}${status}` }, OPTIONS);
      assert.equal(answer.status, status);
      assert.equal(Buffer.from(answer.body).toString(), 'what is wrong');
    }
    assert.equal(count, 4);
  });

  it('refuses redirects, wherever they lead', async (context) => {
    const asked: string[] = [];
    const url = await serve(context, (request, response) => {
      asked.push(request.url ?? '');
      response.writeHead(Number(request.url?.slice('/sign'.length, '/sign'.length + 3)), { location: '/' }).end();
    });
    for (const status of [301, 302, 303, 304, 307, 308]) {
      await refusal(httpCall(secretCall(`${url}${status}`), OPTIONS), 'HTTP_REDIRECT_REFUSED');
    }
    assert.equal(asked.length, 6);
  });

  it('refuses URLs that are not https, carry a user name, or are none', async () => {
    for (const url of ['http://service.test/', 'ftp://127.0.0.1/', `https://me:${SECRET}@service.test/`, 'no url']) {
      await refusal(httpCall(secretCall(url), OPTIONS), 'HTTP_URL_REFUSED');
    }
  });

  it('ends at the limit of the body, promised or as it comes, whatever the status', async (context) => {
    const url = await serve(context, (request, response) => {
      const length = request.url?.includes('promised') === true ? { 'content-length': '1001' } : {};
      response.writeHead(500, length);
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(100))) {
          // Until the connection takes no more.
        }
      };
      response.on('drain', more).on('error', () => undefined);
      more();
    });
    await refusal(httpCall(secretCall(`${url}/promised`), OPTIONS), 'LIMIT_EXCEEDED');
    await refusal(httpCall(secretCall(`${url}/endless`), OPTIONS), 'LIMIT_EXCEEDED');
  });

  it('with half an answer is an error, and is not sent again', async (context) => {
    let count = 0;
    const url = await serve(context, (_request, response) => {
      count += 1;
      response.writeHead(200, { 'content-length': '10' });
      response.write('half', () => response.destroy());
    });
    await refusal(httpCall(secretCall(url), OPTIONS), 'HTTP_UNREACHABLE');
    assert.equal(count, 1);
  });

  it('with a compressed answer is an error', async (context) => {
    const url = await serve(context, (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(SECRET);
    });
    await refusal(httpCall(secretCall(url), OPTIONS), 'HTTP_ANSWER_INVALID');
  });

  it('ends in time when nothing comes, when too little comes, and when its caller says so', async (context) => {
    const url = await serve(context, (request, response) => {
      if (request.url?.includes('/trickle') === true) {
        response.writeHead(200);
        const timer = setInterval(() => response.write('x'), 5);
        response.on('close', () => clearInterval(timer));
      }
    });
    await refusal(httpCall(secretCall(url), { ...OPTIONS, totalTimeoutMs: 100 }), 'HTTP_TIMEOUT');
    await refusal(httpCall(secretCall(url), { ...OPTIONS, idleTimeoutMs: 50 }), 'HTTP_TIMEOUT');
    await refusal(httpCall(secretCall(`${url}/trickle`), { ...OPTIONS, totalTimeoutMs: 300 }), 'HTTP_TIMEOUT');
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = httpCall(secretCall(url), { ...OPTIONS, signal: controller.signal });
    controller.abort(reason);
    await assert.rejects(waiting, reason);
    await assert.rejects(httpCall(secretCall(url), { ...OPTIONS, signal: controller.signal }), reason);
  });
});

describe('a call is sent again', () => {
  /** A server that gives the answers one after the other, the last for ever; a null breaks the connection. */
  async function answering(
    context: TestContext,
    ...answers: readonly (readonly [status: number, retryAfter?: string] | null)[]
  ): Promise<{ readonly url: string; readonly count: () => number }> {
    let count = 0;
    const url = await serve(context, (request, response) => {
      const answer = answers[Math.min(count, answers.length - 1)] ?? null;
      count += 1;
      if (answer === null) {
        request.destroy();
        return;
      }
      const [status, retryAfter] = answer;
      response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter }).end('body');
    });
    return { url, count: () => count };
  }

  const past = 'Wed, 21 Oct 2015 07:28:00 GMT';
  const clock = { now: () => Date.parse(past) };
  const cases = [
    ['after 429', [[429], [200]], 2, 200],
    ['after 502, 503 and 504, twice at most', [[502], [503], [504], [200]], 3, 504],
    ['after a broken connection', [null, null, [200]], 3, 200],
    ['after a Retry-After in seconds', [[429, '0'], [200]], 2, 200],
    ['after a Retry-After with a date', [[503, past], [200]], 2, 200],
    ['after a Retry-After that says nothing', [[503, 'soon'], [200]], 2, 200],
    ['not after a Retry-After of eleven seconds', [[429, '11'], [200]], 1, 429],
    ['not after a Retry-After of a date far off', [[429, 'Wed, 21 Oct 2015 07:28:11 GMT'], [200]], 1, 429],
    ['not after 500', [[500], [200]], 1, 500],
  ] as const;
  for (const [name, answers, times, status] of cases) {
    it(name, async (context) => {
      const { url, count } = await answering(context, ...answers);
      const answer = await httpCall(secretCall(url), { ...OPTIONS, clock });
      assert.equal(answer.status, status);
      assert.equal(count(), times);
    });
  }

  it('as late as Retry-After says', async (context) => {
    const at: number[] = [];
    const url = await serve(context, (_request, response) => {
      at.push(performance.now());
      response.writeHead(at.length === 1 ? 503 : 200, { 'retry-after': '1' }).end();
    });
    assert.equal((await httpCall(secretCall(url), OPTIONS)).status, 200);
    const [first = 0, second = 0] = at;
    assert.ok(second - first > 900, `${second - first}`);
  });

  it('not past the deadline, nor where the caller wants none', async (context) => {
    const { url, count } = await answering(context, [503, '9'], [200]);
    const hasty = { ...OPTIONS, totalTimeoutMs: 8000 };
    assert.equal((await httpCall(secretCall(url), hasty)).status, 503);
    assert.equal(count(), 1);
    const broken = await answering(context, null);
    await refusal(httpCall(secretCall(broken.url), { ...OPTIONS, retries: { backoffMs: [] } }), 'HTTP_UNREACHABLE');
    assert.equal(broken.count(), 1);
  });

  it('not any more once its caller says so', async (context) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const url = await serve(context, (_request, response) => {
      response.writeHead(503, { 'retry-after': '9' }).end(() => setImmediate(() => controller.abort(reason)));
    });
    await assert.rejects(httpCall(secretCall(url), { ...OPTIONS, signal: controller.signal }), reason);
  });
});

describe('a call over TLS', { skip: missing('openssl') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-http-call-'));

  it('knows the authorities that it is given, and is tried once where they are others', async (context) => {
    context.after(() => rmSync(folder, { recursive: true }));
    const authority = makeAuthority(join(folder, 'known'));
    const other = makeAuthority(join(folder, 'other'));
    const { certificate: cert, key } = authority.issue('service', '127.0.0.1', 'service.test');
    let connections = 0;
    const server = createTlsServer({ cert, key }, (_request, response) => response.end('over TLS'));
    server.on('connection', () => {
      connections += 1;
    });
    const port = await listen(context, server);
    const url = `https://127.0.0.1:${port}/`;
    const answer = await httpCall(secretCall(url), { ...OPTIONS, ca: authority.certificate });
    assert.equal(Buffer.from(answer.body).toString(), 'over TLS');
    for (const wrong of [OPTIONS, { ...OPTIONS, ca: other.certificate }]) {
      connections = 0;
      const error = await refusal(httpCall(secretCall(url), wrong), 'HTTP_UNREACHABLE');
      assert.match(error.message, /certificate/);
      assert.equal(connections, 1);
    }

    // Through a proxy, which is asked for every name but those of loopback.
    const asked: (string | undefined)[] = [];
    const proxy = createServer().on('connect', (request, socket) => {
      asked.push(request.url);
      const through = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        through.pipe(socket).pipe(through);
      });
      for (const end of [socket, through]) {
        end.on('error', () => undefined).on('close', () => [socket, through].forEach((one) => one.destroy()));
      }
    });
    const proxies = { HTTPS_PROXY: `http://127.0.0.1:${await listen(context, proxy)}` };
    const proxied = { ...OPTIONS, ca: authority.certificate, proxies };
    const far = await httpCall(secretCall('https://service.test/'), proxied);
    assert.equal(Buffer.from(far.body).toString(), 'over TLS');
    await httpCall(secretCall(url), proxied);
    await refusal(httpCall(secretCall('https://other.test/'), proxied), 'HTTP_UNREACHABLE');
    assert.deepEqual(asked, ['service.test:443', 'other.test:443']);
  });
});
