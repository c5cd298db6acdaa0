import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import type { Reply } from '#test/fixtures/answering-server.ts';
import { startAnswering } from '#test/fixtures/answering-server.ts';
import { identityToken, type SigningServers, startSigningServers } from '#test/fixtures/signing-servers.ts';
import { toPem } from '../encoding/pem.ts';
import { parseCertificate } from '../x509/certificate.ts';
import { fulcioIdentity } from './fulcio.ts';
import { IdentityToken } from './identity-token/identity-token.ts';

evidence('trust/fulcio', 'real tool', '@sigstore/mock over HTTP, whose certificates verify under its own root');

describe('certificates for a key of this run', () => {
  let servers: SigningServers;
  let claims: Readonly<Record<string, unknown>>;
  before(async () => {
    servers = await startSigningServers();
    const exp = servers.services.now / 1000 + 600;
    claims = { iss: 'https://issuer.example', sub: 'https://ci.example/app', aud: ['sigstore', 'other'], exp };
  });
  after(async () => {
    await servers.close();
  });

  function tokenOf(more: Readonly<Record<string, unknown>> = {}): IdentityToken {
    return new IdentityToken(identityToken({ ...claims, ...more }), 'token of the test');
  }

  /** Asks a Fulcio that answers as told, if need be with what the mock would have said. */
  async function ask(answer: (given: object) => Reply, token = tokenOf()): Promise<unknown> {
    const certify = servers.answer;
    const server = await startAnswering(async (question, response) => {
      const reply = await certify(question, response);
      return answer(JSON.parse(String(reply?.body)) as object);
    });
    try {
      return await fulcioIdentity({ url: server.url, token, access: servers.access });
    } finally {
      await server.close();
    }
  }

  it('are for whoever the token names, and the key signs', async () => {
    for (const [more, subject] of [
      [{}, 'https://ci.example/app'],
      [{ email: 'a@voyage.example', email_verified: true }, 'a@voyage.example'],
      [{ email: 'a@voyage.example', email_verified: 'true' }, 'a@voyage.example'],
    ] as const) {
      const { url, access } = servers;
      const { key, chain } = await fulcioIdentity({ url: `${url}//`, token: tokenOf(more), access });
      assert.equal(chain.length, 2);
      assert.deepEqual(parseCertificate(chain[0], 'leaf').spki, key.publicKey);
      const signature = await key.sign(Buffer.from('content'), 'ecdsa');
      const publicKey = createPublicKey({ key: Buffer.from(key.publicKey), format: 'der', type: 'spki' });
      assert.ok(verify('sha256', Buffer.from('content'), publicKey, signature));
      assert.ok(key.name.includes(subject));
      await assert.rejects(key.sign(Buffer.from('content'), 'ed25519'), { code: 'ALGORITHM_MISMATCH' });
    }
  });

  it('are not asked for with a token that has expired', async () => {
    const asked = servers.asked.length;
    const { url, access } = servers;
    const token = tokenOf({ exp: servers.services.now / 1000 - 720 });
    await assert.rejects(fulcioIdentity({ url, token, access }), {
      code: 'IDENTITY_TOKEN_EXPIRED',
      message: /^token of the test: the identity token has expired: .* 12 minutes ago$/,
    });
    assert.equal(servers.asked.length, asked);
  });

  it('of another key, of another issuer or without an SCT inside are refused', async () => {
    const chainOf = (given: object): readonly string[] =>
      (given as { readonly signedCertificateEmbeddedSct: { readonly chain: { readonly certificates: string[] } } })
        .signedCertificateEmbeddedSct.chain.certificates;
    const other = await fulcioIdentity({ url: servers.url, token: tokenOf(), access: servers.access });
    const [otherLeaf, root] = other.chain.map((der) => toPem('CERTIFICATE', der));
    const embedded = (certificates: unknown): Reply => ({
      body: { signedCertificateEmbeddedSct: { chain: { certificates } } },
    });
    const table: readonly (readonly [string, (given: object) => Reply, code: string])[] = [
      ['the certificate of another key', () => embedded([otherLeaf, root]), 'CERTIFICATE_KEY_MISMATCH'],
      ['a chain in another order', (given) => embedded(chainOf(given).toReversed()), 'CERTIFICATE_KEY_MISMATCH'],
      ['an issuer that did not issue', (given) => embedded([chainOf(given)[0], otherLeaf]), 'SIGNATURE_INVALID'],
      [
        'an SCT apart',
        (given) => ({ body: { signedCertificateDetachedSct: { chain: { certificates: chainOf(given) } } } }),
        'CERTIFICATE_NOT_ISSUED',
      ],
      ['two certificates in one text', (given) => embedded([chainOf(given).join('')]), 'CERTIFICATE_NOT_ISSUED'],
      ['no certificates', () => embedded([]), 'CERTIFICATE_NOT_ISSUED'],
      ['too many', (given) => embedded(Array.from({ length: 17 }, () => chainOf(given)[0])), 'CERTIFICATE_NOT_ISSUED'],
      ['a key in place of a certificate', () => embedded([toPem('PUBLIC KEY', other.key.publicKey)]), 'PEM_INVALID'],
      ['no PEM', () => embedded(['certificate']), 'PEM_INVALID'],
      ['no certificate in it', () => embedded([toPem('CERTIFICATE', Buffer.from('abc'))]), 'DER_INVALID'],
      ['an empty object', () => ({ body: {} }), 'CERTIFICATE_NOT_ISSUED'],
      ['a list', () => ({ body: [] }), 'CERTIFICATE_NOT_ISSUED'],
    ];
    for (const [name, answer, code] of table) {
      await assert.rejects(ask(answer), { code }, name);
    }
  });

  it('that are refused say why, and nothing of the token', async () => {
    const token = tokenOf({ aud: 'another' });
    const text = token.reveal();
    const [header = '', payload = '', signature = ''] = text.split('.');
    for (const [reply, found] of [
      [
        { status: 400, body: { code: 3, message: 'error processing the identity token' } },
        /"error processing the identity/,
      ],
      [{ status: 401, body: { code: 16, message: `invalid token ${text}` } }, /a message that repeats what was sent$/],
      [{ status: 403, body: `no: ${payload}` }, /a message that repeats what was sent$/],
      [{ status: 403, body: `no: ${header.slice(5, 30)}` }, /a message that repeats what was sent$/],
      [{ status: 403, body: 'plain words' }, /status 403: "plain words"$/],
      [
        { status: 404, headers: { 'content-type': 'text/html; charset=utf-8' }, body: `<p>${text}` },
        /404 with "text\/html/,
      ],
    ] as const) {
      await assert.rejects(
        ask(() => reply, token),
        (error: unknown) => {
          assert.ok(isAppError(error));
          assert.equal(error.code, 'CERTIFICATE_NOT_ISSUED');
          assert.match(error.found ?? '', found);
          assert.match(error.hint ?? '', /by "https:\/\/issuer\.example" for "another"/);
          const said = JSON.stringify([error.message, error.stack, error.hint, String(error.cause)]);
          for (const secret of [header, payload, signature]) {
            assert.ok(!said.includes(secret.slice(0, 20)));
          }
          return true;
        },
      );
    }
  });
});
