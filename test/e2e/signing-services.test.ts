import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { hash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { digestOf } from '#base/digest.ts';
import { readEntry } from '#lib/trust/services/log-entry.ts';
import { rekorTiles } from '#lib/trust/services/rekor-tiles.ts';
import { timestampAuthority } from '#lib/trust/services/timestamp-authority.ts';
import { timestampRequest } from '#lib/trust/services/timestamp-request.ts';
import { signBundle } from '#lib/trust/sign/bundle.ts';
import type { LogRequest } from '#lib/trust/sign/witness.ts';
import { verifyTimestamp } from '#lib/trust/timestamps/verify.ts';
import { verifyLogEntry } from '#lib/trust/transparency/verify-log-entry.ts';
import { trustRootFromParts } from '#lib/trust/trust-root/from-parts.ts';
import { parseTrustRoot } from '#lib/trust/trust-root/parse-trust-root.ts';
import type { TrustRoot } from '#lib/trust/trust-root/trust-root.ts';
import { evidence } from '../evidence.ts';
import { type KeyKind, SUBJECT, signingKey } from '../fixtures/signing-key.ts';
import { serviceAccess } from '../fixtures/signing-servers.ts';
import { startRekorServer, startTimestampServer } from '../fixtures/sigstore-servers.ts';
import { missing } from '../prerequisites.ts';

evidence('trust/timestamp-authority', 'real tool', 'sigstore/timestamp-authority 2.1.2 stamps, openssl ts judges');
evidence('trust/rekor-tiles', 'real tool', 'sigstore/rekor-tiles 2.3.0 keeps entries in files');

const ACCESS = serviceAccess(0, { clock: systemClock, random: randomBytes });
const MESSAGE = Buffer.from('a signature');

describe("Sigstore's timestamp authority", { skip: missing('go', 'openssl') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-timestamps-'));
  const at = (name: string): string => join(folder, name);
  let server: Awaited<ReturnType<typeof startTimestampServer>>;
  before(async () => {
    server = await startTimestampServer();
    writeFileSync(at('chain.pem'), server.chain);
    writeFileSync(at('root.pem'), server.chain.slice(server.chain.lastIndexOf('-----BEGIN')));
    writeFileSync(at('message'), MESSAGE);
  });
  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true });
  });

  for (const algorithm of ['sha256', 'sha384', 'sha512'] as const) {
    it(`stamps a ${algorithm}, and both openssl and our own reader verify it`, async () => {
      const token = await timestampAuthority(server.url, ACCESS).timestamp(MESSAGE, algorithm);
      const { timestampAuthorities } = trustRootFromParts({ object: 'services', tsaPem: [server.chain] });
      const { time } = verifyTimestamp(token, MESSAGE, timestampAuthorities, 'timestamp');
      assert.ok(Math.abs(time - Date.now()) < 3_600_000);
      assert.throws(() => verifyTimestamp(token, Buffer.from('another'), timestampAuthorities, 'timestamp'), {
        code: 'TIMESTAMP_INVALID',
      });
      writeFileSync(at('reply.tsr'), token);
      const told = ['ts', '-verify', '-in', at('reply.tsr'), '-CAfile', at('root.pem'), '-untrusted', at('chain.pem')];
      assert.match(openssl(...told, '-data', at('message')), /Verification: OK/);
      assert.throws(() => openssl(...told, '-data', at('root.pem')));
    });
  }

  it('is asked as openssl asks', () => {
    const nonce = Buffer.from('f00102030405060a', 'hex');
    writeFileSync(at('ours.tsq'), timestampRequest(MESSAGE, 'sha384', nonce).der);
    const text = openssl('ts', '-query', '-in', at('ours.tsq'), '-text');
    assert.match(text, /Version: 1\nHash Algorithm: sha384\n/);
    assert.match(text, /Nonce: 0xF00102030405060A\nCertificate required: yes\nExtensions:/);
    openssl('ts', '-query', '-in', at('ours.tsq'), '-out', at('theirs.tsq'));
  });

  it('refuses what is not a request', async () => {
    const { url } = server;
    await assert.rejects(timestampAuthority(`${url}/nothing`, ACCESS).timestamp(MESSAGE, 'sha256'), {
      code: 'TIMESTAMP_REFUSED',
      message: /nothing: no timestamp: expected status 200 .*, found status 404/,
    });
  });
});

describe('Rekor of the second generation', { skip: missing('go') }, () => {
  let server: Awaited<ReturnType<typeof startRekorServer>>;
  let root: TrustRoot;
  before(async () => {
    server = await startRekorServer();
    const key = {
      rawBytes: server.spki.toString('base64'),
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      validFor: { start: '2020-01-01T00:00:00Z' },
    };
    const logId = { keyId: hash('sha256', server.spki, 'base64') };
    const log = { baseUrl: `https://${server.origin}`, hashAlgorithm: 'SHA2_256', publicKey: key, logId };
    const mediaType = 'application/vnd.dev.sigstore.trustedroot+json;version=0.1';
    root = parseTrustRoot(Buffer.from(JSON.stringify({ mediaType, tlogs: [log] })), 'trusted_root.json');
  });
  after(async () => {
    await server.stop();
  });

  async function requestBy(kind: KeyKind): Promise<Extract<LogRequest, { kind: 'hashedrekord' }>> {
    const key = signingKey(kind);
    const scheme = kind.startsWith('rsa') ? 'rsa-pkcs1-sha256' : kind === 'ed25519' ? 'ed25519' : 'ecdsa-sha256';
    const signature = await key.sign(MESSAGE, scheme);
    const verifier = { kind: 'public-key', der: key.publicKey } as const;
    return { kind: 'hashedrekord', digest: digestOf(MESSAGE), signature, verifier };
  }

  for (const kind of ['p256', 'rsa2048', 'rsa3072'] as const) {
    it(`takes a signature by ${kind}, with a proof that verifies`, async () => {
      const entry = readEntry(await rekorTiles(server.url, ACCESS).enter(await requestBy(kind)), 'entry');
      const verified = verifyLogEntry(entry, root, { object: 'entry', now: Date.now(), evidence: 'proof' });
      assert.equal(verified.integratedTime, null);
      assert.deepEqual(entry.kindVersion, { kind: 'hashedrekord', version: '0.0.2' });
    });
  }

  it('takes an envelope, and the bundle with its entry verifies', async () => {
    const witnesses = { timestamps: [], logs: [rekorTiles(server.url, ACCESS)] };
    const { layers } = await signBundle(SUBJECT, signingKey('p256'), { now: Date.now(), witnesses, root });
    assert.match(Buffer.from(layers[0]?.content ?? []).toString(), /"tlogEntries":\[\{"logIndex":"/);
  });

  for (const kind of ['p384', 'p521', 'ed25519'] as const) {
    it(`is not asked about a signature by ${kind}, which it does not take`, async () => {
      await assert.rejects(rekorTiles(server.url, ACCESS).enter(await requestBy(kind)), {
        code: 'LOG_ENTRY_REFUSED',
        message: /a key that a log of this generation does not take/,
      });
    });
  }

  it('says so where a signature does not verify', async () => {
    const request = await requestBy('p256');
    await assert.rejects(rekorTiles(server.url, ACCESS).enter({ ...request, digest: digestOf('other') }), {
      code: 'LOG_ENTRY_REFUSED',
      message: /not entered into the log: expected status 201, found status 400: "invalid hashedrekord request"$/,
    });
  });
});

function openssl(...args: readonly string[]): string {
  return execFileSync('openssl', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
}
