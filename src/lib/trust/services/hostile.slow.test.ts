import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import { digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { type Answering, startAnswering } from '#test/fixtures/answering-server.ts';
import { signingKey } from '#test/fixtures/signing-key.ts';
import { identityToken, serviceAccess } from '#test/fixtures/signing-servers.ts';
import type { ServiceAccess } from './access.ts';
import { fulcioIdentity } from './fulcio.ts';
import { findIdentityToken } from './identity-token/find-identity-token.ts';
import { IdentityToken } from './identity-token/identity-token.ts';
import { rekor } from './rekor.ts';
import { rekorTiles } from './rekor-tiles.ts';
import { timestampAuthority } from './timestamp-authority.ts';

const NOW = Date.UTC(2026, 0, 1);
const TOKEN = identityToken({ iss: 'https://issuer.example', sub: 'someone', aud: 'sigstore', exp: NOW / 1000 + 60 });
const BEARER = 'bearer-of-the-runner-a-secret';
const KEY = signingKey('p256');
const REQUEST = {
  kind: 'hashedrekord',
  digest: digestOf('content'),
  signature: Buffer.from('a signature'),
  verifier: { kind: 'public-key', der: KEY.publicKey },
} as const;

type Ask = (url: string, access: ServiceAccess) => Promise<unknown>;

const CLIENTS: Readonly<Record<string, Ask>> = {
  'a timestamp authority': async (url, access) =>
    await timestampAuthority(url, access).timestamp(Buffer.from('a signature'), 'sha256'),
  'Rekor 1': async (url, access) => await rekor(url, access).enter(REQUEST),
  'Rekor 2': async (url, access) => await rekorTiles(url, access).enter(REQUEST),
  Fulcio: async (url, access) => await fulcioIdentity({ url, token: new IdentityToken(TOKEN, 'test'), access }),
  'a provider of identities': async (url, access) =>
    await findIdentityToken(
      { environment: { ACTIONS_ID_TOKEN_REQUEST_URL: url, ACTIONS_ID_TOKEN_REQUEST_TOKEN: BEARER } },
      access,
    ),
};

const REFUSED = /^(TIMESTAMP_REFUSED|LOG_ENTRY_REFUSED|CERTIFICATE_NOT_ISSUED|IDENTITY_TOKEN_(MISSING|INVALID))$/;
const HTML = { 'content-type': 'text/html' };
const DER = { 'content-type': 'application/timestamp-reply' };

/** How services go wrong that are not what they should be. */
const ANSWERS: readonly (readonly [string, Answering, code: RegExp])[] = [
  ['an error', () => ({ status: 500, body: 'broken' }), REFUSED],
  [
    'that it is too busy',
    () => ({ status: 429, headers: { 'retry-after': '60' }, body: { message: 'later' } }),
    REFUSED,
  ],
  ['a page with an error', () => ({ status: 403, headers: HTML, body: '<h1>no</h1>' }), REFUSED],
  ['a page', () => ({ status: 201, headers: HTML, body: '<h1>hello</h1>' }), /_(REFUSED|INVALID|MISSING)$/],
  ['nothing', () => ({ status: 201 }), /_(REFUSED|INVALID|MISSING)$/],
  ['noise', () => ({ status: 200, headers: DER, body: Buffer.alloc(5000, 0xa5) }), /_(REFUSED|INVALID)$/],
  ['a redirect', () => ({ status: 307, headers: { location: 'http://127.0.0.1:1/' } }), /^HTTP_REDIRECT_REFUSED$/],
  [
    'a coding nobody asked for',
    () => ({ status: 201, headers: { 'content-encoding': 'gzip' } }),
    /^HTTP_ANSWER_INVALID$/,
  ],
  [
    'what has no end',
    (_question, response) => {
      const chunk = Buffer.alloc(1 << 16, 0x20);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk)) {
          // Until the other side stops reading.
        }
      };
      response.writeHead(201, { 'content-type': 'application/json' }).on('drain', more);
      more();
      return null;
    },
    /^LIMIT_EXCEEDED$/,
  ],
  ['deep nesting', () => ({ status: 201, body: '['.repeat(30_000) }), /^JSON_TOO_DEEP$|_(REFUSED|INVALID|MISSING)$/],
];

describe('services that answer with something else', () => {
  for (const [client, ask] of Object.entries(CLIENTS)) {
    for (const [name, answer, code] of ANSWERS) {
      it(`${client}: ${name}`, async () => {
        const server = await startAnswering(answer);
        try {
          await assert.rejects(ask(`${server.url}/?key=hidden`, serviceAccess(NOW)), (error) => {
            assert.ok(isAppError(error), String(error));
            assert.match(error.code, code);
            assert.ok(error.message.includes(server.url), error.message);
            const shown = inspect(error, { depth: 9, showHidden: true });
            for (const secret of [BEARER, TOKEN.slice(0, 20), TOKEN.slice(-20), 'hidden']) {
              assert.ok(!shown.includes(secret), shown);
            }
            return true;
          });
        } finally {
          await server.close();
        }
      });
    }

    it(`${client}: nothing at all, for as long as there is patience`, async () => {
      const server = await startAnswering(() => null);
      try {
        await assert.rejects(ask(server.url, serviceAccess(NOW, { patienceMs: 300 })), { code: 'HTTP_TIMEOUT' });
        const stop = new AbortController();
        const asking = ask(server.url, serviceAccess(NOW, { signal: stop.signal }));
        stop.abort();
        await assert.rejects(asking, { name: 'AbortError' });
      } finally {
        await server.close();
      }
    });
  }

  it('are asked over https alone, unless they are on this machine or sign what they answer', async () => {
    for (const [client, ask] of Object.entries(CLIENTS)) {
      const plain = client === 'a timestamp authority' ? [] : ['http://203.0.113.1'];
      for (const url of [...plain, 'https://user:pa55@203.0.113.1', 'ftp://203.0.113.1', 'nothing', '']) {
        await assert.rejects(ask(url, serviceAccess(NOW)), (error) => {
          assert.ok(isAppError(error), `${client} ${url}`);
          assert.match(error.code, url === '' ? /^(HTTP_URL_REFUSED|IDENTITY_TOKEN_MISSING)$/ : /^HTTP_URL_REFUSED$/);
          assert.ok(!error.message.includes('pa55'));
          return true;
        });
      }
    }
  });
});
