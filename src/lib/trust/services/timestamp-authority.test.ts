import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { type Reply, startAnswering } from '#test/fixtures/answering-server.ts';
import { OpensslAuthority } from '#test/fixtures/openssl-authority.ts';
import { serviceAccess } from '#test/fixtures/signing-servers.ts';
import { missing } from '#test/prerequisites.ts';
import { TAG } from '../encoding/der.ts';
import { encodeDer, encodeSequence, encodeUnsigned } from '../encoding/der-writer.ts';
import { assertAnswers, timestampAuthority } from './timestamp-authority.ts';
import { NONCE_OCTETS, timestampRequest } from './timestamp-request.ts';

evidence('trust/timestamp-request', 'real tool', 'openssl ts answers our requests, and others in their place');

const NOW = Date.UTC(2026, 0, 1);
const MESSAGE = Buffer.from('a signature');
const NONCE = Buffer.alloc(NONCE_OCTETS, 0x9a);
const TYPE = { 'content-type': 'application/timestamp-reply' };

describe('a timestamp authority', { skip: missing('openssl') }, () => {
  let authority: OpensslAuthority;
  let good: Buffer;
  before(() => {
    authority = new OpensslAuthority();
    authority.makeRoot('stamper', ['extendedKeyUsage=critical,timeStamping', 'keyUsage=digitalSignature']);
    good = replyTo(timestampRequest(MESSAGE, 'sha256', NONCE).der);
  });
  after(() => {
    authority.close();
  });

  /** What openssl answers, with its status in it. */
  function replyTo(request: Uint8Array): Buffer {
    return authority.reply(request, 'stamper');
  }

  async function ask(reply: (request: Buffer) => Reply): Promise<Uint8Array> {
    const server = await startAnswering(({ body, headers }) => {
      assert.equal(headers['content-type'], 'application/timestamp-query');
      return reply(body);
    });
    try {
      return await timestampAuthority(`${server.url}/tsa?key=secret`, serviceAccess(NOW)).timestamp(MESSAGE, 'sha256');
    } finally {
      await server.close();
    }
  }

  it('gives what it stamped, whatever the type and the success it calls it', async () => {
    for (const [status, type] of [
      [200, 'application/timestamp-reply'],
      [201, 'Application/Timestamp-Reply; charset=binary'],
      [200, 'application/octet-stream'],
      [200, null],
    ] as const) {
      const headers = type === null ? {} : { 'content-type': type };
      assert.ok((await ask((body) => ({ status, headers, body: replyTo(body) }))).length > 500);
    }
  });

  it('is refused where it stamped something else than it was asked', async () => {
    // Its last member says that the certificates shall come along, that before is the nonce.
    const bare = timestampRequest(MESSAGE, 'sha256', NONCE).der.subarray(2, -3);
    const other = (message: string, nonce: Uint8Array, hash: 'sha256' | 'sha512' = 'sha256'): Buffer =>
      replyTo(timestampRequest(Buffer.from(message), hash, nonce).der);
    const rejected = (status: number): Buffer => {
      const text = encodeSequence([encodeDer(TAG.utf8String, [Buffer.from('not you')])]);
      return encodeSequence([encodeSequence([encodeUnsigned(Buffer.of(status)), text])]);
    };
    const table: readonly (readonly [string, Buffer, found: RegExp])[] = [
      [
        'another nonce',
        other('a signature', Buffer.alloc(NONCE_OCTETS, 1)),
        /the nonce 9a9a9a9a9a9a9a9a of the request, found 101010101010101$/,
      ],
      ['no nonce', replyTo(encodeSequence([bare.subarray(0, -11), Buffer.from('0101ff', 'hex')])), /found none/],
      ['another message', other('another', NONCE), /a timestamp over sha256 [0-9a-f]{64}, found sha256/],
      ['another hash', other('a signature', NONCE, 'sha512'), /found sha512/],
      ['no certificates', replyTo(encodeSequence([bare])), /the certificates of its signer/],
      ['a rejection', rejected(2), /found status 2 \(rejection\): "not you"/],
      ['a wait', rejected(3), /status 3 \(waiting\)/],
      ['a status that there is not', rejected(77), /status 4d \(unknown\)/],
    ];
    for (const [name, body, found] of table) {
      await assert.rejects(
        ask(() => ({ headers: TYPE, body })),
        (error) => {
          assert.ok(isAppError(error), name);
          assert.equal(error.code, 'TIMESTAMP_REFUSED', name);
          assert.match(error.message, found, name);
          assert.ok(!error.message.includes('secret'));
          return true;
        },
      );
    }
  });

  it('is refused where it gives something else than a timestamp', async () => {
    const table: readonly (readonly [string, Reply, code: string])[] = [
      ['a page', { headers: { 'content-type': 'text/html' }, body: '<p>welcome' }, 'TIMESTAMP_REFUSED'],
      ['a refusal', { status: 400, body: { code: 400, message: 'unknown hash' } }, 'TIMESTAMP_REFUSED'],
      ['nothing', { headers: TYPE }, 'DER_INVALID'],
      ['noise', { headers: TYPE, body: Buffer.alloc(2000, 0x30) }, 'DER_INVALID'],
      [
        'a token alone',
        { headers: TYPE, body: good.subarray(good.indexOf('3003020100', 0, 'hex') + 5) },
        'DER_INVALID',
      ],
      ['one more octet', { headers: TYPE, body: Buffer.concat([good, Buffer.of(0)]) }, 'DER_INVALID'],
      ['half of it', { headers: TYPE, body: good.subarray(0, good.length / 2) }, 'DER_INVALID'],
      ['a redirect', { status: 302, headers: { location: '/other' } }, 'HTTP_REDIRECT_REFUSED'],
      ['too much', { headers: TYPE, body: Buffer.alloc(2 << 20) }, 'LIMIT_EXCEEDED'],
    ];
    for (const [name, reply, code] of table) {
      await assert.rejects(
        ask(() => reply),
        { code },
        name,
      );
    }
  });

  it('with any octet changed it is taken or refused', () => {
    const request = timestampRequest(MESSAGE, 'sha256', NONCE);
    assertAnswers(good, request, 'authority');
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), (at, octet) => {
        const copy = Buffer.from(good);
        copy[at] = octet;
        try {
          assertAnswers(copy, request, 'authority');
        } catch (error) {
          assert.ok(isAppError(error), String(error));
        }
      }),
      { numRuns: 500, seed: 8 },
    );
  });
});
