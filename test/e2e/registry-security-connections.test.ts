import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import { type AttackedRegistry, startAttackedRegistry } from '../fixtures/attacked-registry.ts';
import { type PushedImage, pushImage } from '../fixtures/push-image.ts';
import { rawConnection, rawRequest } from '../fixtures/raw-http.ts';
import { type TestRegistry, type TestUser } from '../fixtures/test-registry.ts';

evidence(
  'registry/hostile-requests',
  'self-made',
  'requests that look like two, and clients that are slow on purpose, over raw sockets',
);

describe('the registry and connections that no client makes', () => {
  let registry: TestRegistry;
  let image: PushedImage;
  let publisher: TestUser;
  let ask: AttackedRegistry['ask'];
  let headersOf: AttackedRegistry['headersOf'];
  let assertWhole: AttackedRegistry['assertWhole'];

  before(async () => {
    ({ registry, image, publisher, ask, headersOf, assertWhole } = await startAttackedRegistry());
  });
  after(async () => {
    await registry.stop();
  });

  describe('two requests that look like one', () => {
    /** Behind the first: it would delete the tag if it were read as a request of its own. */
    function hidden(): string {
      return `DELETE /v2/team/app/manifests/${image.manifest} HTTP/1.1\r\n${headersOf(publisher).join('\r\n')}\r\n\r\n`;
    }
    const SHAPES: Readonly<Record<string, (inner: string) => string>> = {
      'two lengths': (inner) => `Content-Length: 0\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`,
      'two lengths in one line': (inner) => `Content-Length: 0, ${inner.length}\r\n\r\n${inner}`,
      'a length and chunks': (inner) =>
        `Content-Length: ${inner.length + 5}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
      'chunks and a length': (inner) =>
        `Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n5c\r\n${inner}\r\n0\r\n\r\n`,
      'a coding before the colon': (inner) =>
        `Content-Length: ${inner.length}\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n${inner}`,
      'an unknown coding': (inner) => `Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\n0\r\n\r\n${inner}`,
      'two codings': (inner) => `Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n${inner}`,
      'a folded coding': (inner) =>
        `Content-Length: ${inner.length}\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n${inner}`,
      'a negative length': (inner) => `Content-Length: -1\r\n\r\n${inner}`,
      'a length with a sign': (inner) => `Content-Length: +0\r\n\r\n${inner}`,
      'a hexadecimal length': (inner) => `Content-Length: 0x0\r\n\r\n${inner}`,
      'an endless length': (inner) => `Content-Length: 18446744073709551617\r\n\r\n${inner}`,
      'a chunk of a negative size': (inner) => `Transfer-Encoding: chunked\r\n\r\n-1\r\n${inner}`,
      'a chunk larger than it says': (inner) => `Transfer-Encoding: chunked\r\n\r\n1\r\n${inner}\r\n0\r\n\r\n`,
      'lines that end with a line feed alone': (inner) => `Content-Length: 0\n\n${inner}`,
      'a carriage return alone in a header': (inner) => `X: a\rContent-Length: ${inner.length}\r\n\r\n${inner}`,
      'a line without a colon': (inner) => `nonsense\r\nContent-Length: 0\r\n\r\n${inner}`,
    };

    for (const [name, shape] of Object.entries(SHAPES)) {
      it(`${name}: one answer, which refuses, and nothing behind it is done`, async () => {
        const connection = await rawConnection(registry.port);
        connection.write(
          `POST /v2/team/app/blobs/uploads/ HTTP/1.1\r\n${headersOf(publisher).join('\r\n')}\r\n${shape(hidden())}`,
        );
        const answer = await connection.answer();
        assert.ok(answer === null || (answer.status >= 400 && answer.status < 500), `${answer?.status}`);
        await connection.closed();
        assert.equal(await connection.answer(), null);
        await assertWhole();
      });
    }

    it('takes one Host, and only HTTP/1.1 with one', async () => {
      for (const head of [
        ['GET /v2/ HTTP/1.1'],
        ['GET /v2/ HTTP/1.1', 'Host: a', 'Host: b'],
        ['GET /v2/ HTTP/9.9', 'Host: a'],
        ['GET /v2/'],
      ]) {
        const answer = await rawRequest(registry.port, head);
        assert.ok(
          answer === null || (answer.status >= 400 && answer.status < 500),
          `${head.join(', ')}: ${answer?.status}`,
        );
      }
    });
  });

  describe('clients that are slow on purpose', () => {
    it('serves others meanwhile, and lets go of heads that do not end', async () => {
      const head = `GET /v2/ HTTP/1.1\r\nHost: ${registry.host}\r\n`;
      const slow = await Promise.all(Array.from({ length: 100 }, async () => await rawConnection(registry.port)));
      for (const connection of slow) {
        connection.write(head);
      }
      const uploads = await Promise.all(
        Array.from({ length: 50 }, async () => {
          const begun = await ask(publisher, 'POST /v2/team/app/blobs/uploads/', ['Content-Length: 0']);
          const connection = await rawConnection(registry.port);
          const path = begun.headers.get('location')?.replace(registry.url, '');
          connection.write(
            `PATCH ${path} HTTP/1.1\r\n${headersOf(publisher).join('\r\n')}\r\nContent-Length: 1000000\r\n\r\nx`,
          );
          return connection;
        }),
      );
      for (let turn = 0; turn < 20; turn += 1) {
        await assertWhole();
      }
      await pushImage(registry, publisher, 'team/meanwhile', 'v1', 'meanwhile');
      const [first] = slow;
      await first?.closed();
      for (const connection of [...slow, ...uploads]) {
        connection.end();
      }
      await assertWhole();
    });
  });
});
