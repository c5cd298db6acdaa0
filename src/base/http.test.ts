import assert from 'node:assert/strict';
import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createServer as createProxy } from 'node:net';
import { test } from 'node:test';
import type { Download, DownloadOptions } from './http.ts';
import { download, HttpError, redactUrl } from './http.ts';
import { readBounded } from './limits.ts';

const base: DownloadOptions = {
  signal: new AbortController().signal,
  idleTimeoutMs: 30_000,
  totalTimeoutMs: 60_000,
  maxBytes: 1000,
  backoffMs: [1, 1],
};

/** The URL of a server on loopback that lives as long as `use`. */
async function withServer<Result>(listener: RequestListener, use: (url: string) => Promise<Result>): Promise<Result> {
  const server: Server = createServer(listener);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
  }
}

async function textOf(answer: Download): Promise<string> {
  assert.ok(answer.kind === 'body');
  return Buffer.from(await readBounded(answer.body, 1000, 'body')).toString();
}

function code(expected: string): (error: unknown) => boolean {
  return (error) => error instanceof Error && 'code' in error && error.code === expected;
}

test('a body comes with its ETag and length, and a later request is told that nothing changed', async () => {
  const asked: (string | undefined)[] = [];
  await withServer(
    (request, response) => {
      asked.push(request.headers['if-none-match']);
      if (request.headers['if-none-match'] === '"one"') {
        response.writeHead(304).end();
        return;
      }
      response.writeHead(200, { etag: '"one"', 'content-length': '5' }).end('hello');
    },
    async (url) => {
      const first = await download(url, base);
      assert.equal(first.kind === 'body' && first.etag, '"one"');
      assert.equal(first.kind === 'body' && first.length, 5);
      assert.equal(await textOf(first), 'hello');
      assert.deepEqual(await download(url, { ...base, etag: '"one"' }), { kind: 'not-modified' });
    },
  );
  assert.deepEqual(asked, [undefined, '"one"']);
});

test('a server that switches protocols, which nobody asked it to, is an error at once', async () => {
  await withServer(
    (_request, response) => {
      response.socket?.write('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
    },
    async (url) => {
      await assert.rejects(download(url, base), code('HTTP_UNREACHABLE'));
    },
  );
});

test('a proxy is asked where the environment names one, but never for loopback', async () => {
  const asked: (string | undefined)[] = [];
  await withServer(
    (request, response) => {
      asked.push(request.url);
      response.end('hello');
    },
    async (url) => {
      const options = { ...base, allowHttp: true, proxies: { HTTP_PROXY: url, NO_PROXY: 'direct.invalid' } };
      assert.equal(await textOf(await download('http://feed.invalid/all.zip', options)), 'hello');
      assert.equal(await textOf(await download(`${url}/direct`, options)), 'hello');
      await assert.rejects(download('http://direct.invalid/', options), code('HTTP_UNREACHABLE'));
    },
  );
  assert.deepEqual(asked, ['http://feed.invalid/all.zip', '/direct']);
});

test('a body past the limit is refused, by its length or as it comes', async () => {
  await withServer(
    (request, response) => {
      if (request.url === '/promised') {
        response.writeHead(200, { 'content-length': '1001' });
      }
      response.write('x'.repeat(500));
      response.end('x'.repeat(501));
    },
    async (url) => {
      await assert.rejects(download(`${url}/promised`, base), code('LIMIT_EXCEEDED'));
      const answer = await download(`${url}/chunked`, base);
      await assert.rejects(textOf(answer), code('LIMIT_EXCEEDED'));
    },
  );
});

test('server errors are tried twice more, client errors are not', async () => {
  let count = 0;
  await withServer(
    (request, response) => {
      count += 1;
      response.writeHead(request.url === '/gone' ? 404 : count < 3 ? 503 : 200).end('late');
    },
    async (url) => {
      assert.equal(await textOf(await download(url, base)), 'late');
      assert.equal(count, 3);
      await assert.rejects(
        download(`${url}/gone`, base),
        (error) => error instanceof HttpError && error.status === 404,
      );
      assert.equal(count, 4);
    },
  );
});

test('too many requests are asked again after the time that the server names, when that is short', async () => {
  const asked: string[] = [];
  await withServer(
    (request, response) => {
      asked.push(request.url ?? '');
      const wait = request.url === '/long' ? '61' : '0';
      response.writeHead(asked.length === 2 ? 200 : 429, { 'retry-after': wait }).end('late');
    },
    async (url) => {
      assert.equal(await textOf(await download(`${url}/short`, base)), 'late');
      await assert.rejects(
        download(`${url}/long`, base),
        (error) => error instanceof HttpError && error.status === 429 && error.retryAfterMs === 61_000,
      );
      assert.deepEqual(asked, ['/short', '/short', '/long']);
    },
  );
});

test('a document is asked for by the time of its last change where it has no entity tag', async () => {
  const changed = 'Wed, 21 Oct 2026 07:28:00 GMT';
  await withServer(
    (request, response) => {
      const same = request.headers['if-modified-since'] === changed;
      response.writeHead(same ? 304 : 200, { 'last-modified': changed }).end();
    },
    async (url) => {
      const first = await download(url, base);
      assert.ok(first.kind === 'body');
      await textOf(first);
      assert.deepEqual([first.etag, first.lastModified], [null, changed]);
      assert.equal((await download(url, { ...base, modifiedSince: changed })).kind, 'not-modified');
    },
  );
});

test('a connection that breaks before the answer is tried again, one that breaks inside the body is an error', async () => {
  let count = 0;
  await withServer(
    (request, response) => {
      count += 1;
      if (request.url === '/inside') {
        response.writeHead(200, { 'content-length': '10' });
        response.write('half', () => response.destroy());
        return;
      }
      if (count < 2) {
        request.destroy();
        return;
      }
      response.end('again');
    },
    async (url) => {
      assert.equal(await textOf(await download(url, base)), 'again');
      const broken = await download(`${url}/inside`, base);
      await assert.rejects(textOf(broken), code('HTTP_UNREACHABLE'));
    },
  );
});

test('redirects are followed five times at most, and only to URLs that are allowed', async () => {
  await withServer(
    (request, response) => {
      const step = Number(request.url?.slice(1));
      const location = Number.isNaN(step)
        ? 'http://example.org/feed?secret=1'
        : step === 0
          ? undefined
          : `/${step - 1}`;
      response.writeHead(location === undefined ? 200 : 302, location === undefined ? {} : { location }).end('there');
    },
    async (url) => {
      assert.equal(await textOf(await download(`${url}/5`, base)), 'there');
      await assert.rejects(download(`${url}/6`, base), code('HTTP_REDIRECT_REFUSED'));
      await assert.rejects(download(`${url}/elsewhere`, base), (error) => {
        assert.ok(error instanceof HttpError);
        assert.equal(error.code, 'HTTP_URL_REFUSED');
        assert.doesNotMatch(error.message, /secret/);
        return true;
      });
    },
  );
});

test('silence ends in a timeout, before the answer and inside the body', async () => {
  await withServer(
    (request, response) => {
      if (request.url === '/body') {
        response.writeHead(200, { 'content-length': '10' });
        response.write('half');
      }
    },
    async (url) => {
      for (const hasty of [
        { ...base, idleTimeoutMs: 50 },
        { ...base, totalTimeoutMs: 50 },
      ]) {
        await assert.rejects(download(url, hasty), code('HTTP_TIMEOUT'));
        await assert.rejects(async () => await textOf(await download(`${url}/body`, hasty)), code('HTTP_TIMEOUT'));
      }
    },
  );
});

test('an abort ends the wait with its own reason', async () => {
  await withServer(
    (request, response) => {
      if (request.url === '/body') {
        response.write('half');
      }
    },
    async (url) => {
      const controller = new AbortController();
      const waiting = download(url, { ...base, signal: controller.signal });
      const started = await download(`${url}/body`, { ...base, signal: controller.signal });
      const reading = textOf(started);
      const reason = new Error('enough');
      controller.abort(reason);
      await assert.rejects(waiting, reason);
      await assert.rejects(reading, reason);
    },
  );
});

test('a compressed answer is refused', async () => {
  await withServer(
    (_request, response) => {
      response.writeHead(200, { 'content-encoding': 'gzip' }).end('x');
    },
    async (url) => {
      await assert.rejects(download(url, base), code('HTTP_ANSWER_INVALID'));
    },
  );
});

test('URLs that are not https, or carry credentials, are refused and shown without secrets', async () => {
  for (const url of ['http://example.org/', 'ftp://127.0.0.1/', 'https://user:secret@example.org/', 'no url']) {
    await assert.rejects(download(url, base), (error) => {
      assert.ok(error instanceof HttpError);
      assert.equal(error.code, 'HTTP_URL_REFUSED');
      assert.doesNotMatch(error.message, /secret/);
      return true;
    });
  }
  assert.equal(redactUrl('https://user:secret@example.org:8443/a?token=1#b'), 'https://example.org:8443/a');
  assert.equal(redactUrl('https://user:secret@no host/a?token=1#b'), '"no host/a"');
  assert.equal(redactUrl('no url#secret'), '"no url"');
});

test('a port where nobody listens is a connection error that names the place', async () => {
  const url = await withServer(
    () => undefined,
    (running) => Promise.resolve(running),
  );
  await assert.rejects(download(`${url}/x?y`, base), (error) => {
    assert.ok(error instanceof HttpError);
    assert.equal(error.code, 'HTTP_UNREACHABLE');
    assert.equal(error.object, `${url}/x`);
    return true;
  });
});

test('a proxy that never answers is given up, and its connection ended', async () => {
  const closed = Promise.withResolvers<void>();
  const proxy = createProxy((socket) => {
    socket.on('error', () => undefined).on('close', () => closed.resolve());
    socket.resume();
  });
  await new Promise<void>((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve);
  });
  const proxies = { https_proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  const answer = download('https://feed.test/', { ...base, totalTimeoutMs: 100, proxies });
  await assert.rejects(answer, code('HTTP_TIMEOUT'));
  await closed.promise;
  proxy.close();
});
