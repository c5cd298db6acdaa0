import assert from 'node:assert/strict';
import { constants, createHash, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { crc32c } from '#base/crc32c.ts';
import type { SigningKey, SigningScheme } from '#model/signing.ts';
import { evidence } from '#test/evidence.ts';
import { type AnsweringServer, type Question, type Reply, startAnswering } from '#test/fixtures/answering-server.ts';
import { keyAccessFor } from '#test/fixtures/key-access.ts';
import { openGoogleKey } from './open.ts';

evidence(
  'trust/key-google-kms',
  'contract only',
  'answers as the REST reference of Cloud KMS v1 shows them (getPublicKey, asymmetricSign, list), played on loopback',
);

const BYTES = Buffer.from('something to sign');
const KEY = 'projects/example.com:shop/locations/europe-west3/keyRings/release/cryptoKeys/image';
const TOKEN = 'ya29.planted-token';
const SECRET = 'planted-refresh-token';
const ALL: readonly SigningScheme[] = ['ecdsa', 'ecdsa-sha256', 'rsa-pkcs1-sha256', 'rsa-pss', 'ed25519'];
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-google-kms-'));

/** Keys for the algorithms of the reference (CryptoKeyVersionAlgorithm). */
const PAIRS = {
  p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  k256: generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
  rsa2048: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  rsa3072: generateKeyPairSync('rsa', { modulusLength: 3072 }),
  ed25519: generateKeyPairSync('ed25519'),
};

interface Version {
  readonly pair: { readonly privateKey: KeyObject; readonly publicKey: KeyObject };
  readonly algorithm: string;
}
const P256: Version = { pair: PAIRS.p256, algorithm: 'EC_SIGN_P256_SHA256' };

function publicKeyReply(name: string, { pair, algorithm }: Version): Record<string, unknown> {
  const pem = pair.publicKey.export({ format: 'pem', type: 'spki' }).toString();
  return { pem, algorithm, pemCrc32c: `${crc32c(Buffer.from(pem))}`, name, protectionLevel: 'HSM' };
}

/** The service signs a digest: as OpenSSL does for it, through `digest` of what a test knows was hashed. */
function signReply(name: string, { pair, algorithm }: Version, question: Question): Record<string, unknown> {
  const body = JSON.parse(question.body.toString()) as { digest: Record<string, string>; digestCrc32c: string };
  const [[hash, text] = ['', '']] = Object.entries(body.digest);
  const digest = Buffer.from(text, 'base64');
  assert.equal(digest.length * 8, Number(hash.slice(3)), 'the digest is as long as its name says');
  assert.ok(!question.body.includes(BYTES), 'what is signed does not leave the machine');
  const signature = signDigest(pair.privateKey, algorithm, hash, digest);
  return {
    signature: signature.toString('base64'),
    signatureCrc32c: `${crc32c(signature)}`,
    verifiedDigestCrc32c: body.digestCrc32c === `${crc32c(digest)}`,
    name,
    protectionLevel: 'HSM',
  };
}

/** node:crypto has no way to sign a digest; what the digest is of is known here. */
function signDigest(key: KeyObject, algorithm: string, hash: string, digest: Buffer): Buffer {
  const of = ['sha256', 'sha384', 'sha512'].find((name) => digest.toString('hex').endsWith(digestHex(name)));
  assert.ok(of !== undefined && algorithm.endsWith(hash.toUpperCase()), 'a digest that the algorithm takes');
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST };
  return sign(of, BYTES, algorithm.includes('_PSS_') ? { key, ...pss } : { key });
}

function digestHex(hash: string): string {
  return createHash(hash).update(BYTES).digest('hex');
}

describe('a key of Google Cloud KMS', () => {
  let server: AnsweringServer;
  let versions: Record<string, Version>;
  /** What a test answers in place of the service. */
  let instead: (question: Question) => Reply | null;

  before(async () => {
    server = await startAnswering((question) => instead(question) ?? service(question));
  });
  const reset = (): void => {
    versions = { 1: P256 };
    instead = () => null;
    (server.asked as Question[]).length = 0;
  };
  before(reset);
  afterEach(reset);
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  function service(question: Question): Reply {
    const { method, path, headers } = question;
    assert.equal(headers['authorization'], `Bearer ${TOKEN}`);
    const url = new URL(path, server.url);
    if (method === 'GET' && url.pathname === `/v1/${KEY}/cryptoKeyVersions`) {
      assert.equal(url.searchParams.get('filter'), 'state=ENABLED');
      const names = Object.keys(versions).map((version) => `${KEY}/cryptoKeyVersions/${version}`);
      const all = names.map((name) => ({ name, state: 'ENABLED', protectionLevel: 'HSM' }));
      // Two to a page, to see the next one asked for.
      const from = Number(url.searchParams.get('pageToken') ?? '0');
      const more = from + 2 < all.length ? { nextPageToken: `${from + 2}` } : {};
      return { body: { cryptoKeyVersions: all.slice(from, from + 2), ...more, totalSize: all.length } };
    }
    const [name = '', version = '', rest = ''] =
      /^\/v1\/(.*\/cryptoKeyVersions\/([0-9]+))(\/publicKey|:asymmetricSign)$/.exec(url.pathname)?.slice(1) ?? [];
    const found = versions[version];
    if (found === undefined || !name.startsWith(KEY)) {
      return failure(404, 'NOT_FOUND', `CryptoKeyVersion ${name} not found.`);
    }
    return { body: rest === '/publicKey' ? publicKeyReply(name, found) : signReply(name, found, question) };
  }

  /** The form of google.rpc.Status in JSON (AIP-193). */
  function failure(code: number, status: string, message: string): Reply {
    return { status: code, body: { error: { code, message, status } } };
  }

  function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS: `${server.url}/`,
      CLOUDSDK_AUTH_ACCESS_TOKEN: TOKEN,
      ...more,
    };
  }

  async function open(reference = `gcpkms://${KEY}/versions/1`, more = {}): Promise<SigningKey> {
    return await openGoogleKey(reference, keyAccessFor({ environment: environment(more) }), { backoffMs: [] });
  }

  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING };
  const algorithms: readonly (readonly [string, keyof typeof PAIRS, Partial<Record<SigningScheme, string>>])[] = [
    ['EC_SIGN_P256_SHA256', 'p256', { ecdsa: 'sha256', 'ecdsa-sha256': 'sha256' }],
    ['EC_SIGN_P384_SHA384', 'p384', { ecdsa: 'sha384', 'ecdsa-sha256': 'sha256' }],
    ['RSA_SIGN_PKCS1_2048_SHA256', 'rsa2048', { 'rsa-pkcs1-sha256': 'sha256' }],
    ['RSA_SIGN_PSS_2048_SHA256', 'rsa2048', { 'rsa-pss': 'sha256' }],
    ['RSA_SIGN_PKCS1_3072_SHA256', 'rsa3072', { 'rsa-pkcs1-sha256': 'sha256' }],
    // PSS of 3072 bits is with SHA-384 here, which Google has no algorithm for.
    ['RSA_SIGN_PSS_3072_SHA256', 'rsa3072', {}],
  ];
  for (const [algorithm, pair, schemes] of algorithms) {
    it(`${algorithm} signs by the schemes that it is for and by no other`, async () => {
      versions = { 1: { pair: PAIRS[pair], algorithm } };
      const key = await open();
      assert.equal(key.name, `gcpkms://${KEY}/cryptoKeyVersions/1`);
      for (const scheme of ALL) {
        const hash = schemes[scheme];
        if (hash === undefined) {
          await assert.rejects(key.sign(BYTES, scheme), { code: 'KEY_SCHEME_MISMATCH' });
        } else {
          const publicKey = PAIRS[pair].publicKey;
          const how = scheme === 'rsa-pss' ? { key: publicKey, ...pss, saltLength: 32 } : publicKey;
          assert.ok(verify(hash, BYTES, how, await key.sign(BYTES, scheme)), scheme);
        }
      }
    });
  }

  const unsupported: readonly (readonly [algorithm: string, pair: keyof typeof PAIRS])[] = [
    ['EC_SIGN_SECP256K1_SHA256', 'k256'],
    ['EC_SIGN_ED25519', 'ed25519'],
    ['RSA_DECRYPT_OAEP_2048_SHA256', 'rsa2048'],
    ['RSA_SIGN_RAW_PKCS1_2048', 'rsa2048'],
    ['HMAC_SHA256', 'p256'],
  ];
  for (const [algorithm, pair] of unsupported) {
    it(`${algorithm} is refused`, async () => {
      versions = { 1: { pair: PAIRS[pair], algorithm } };
      await assert.rejects(open(), { code: 'KEY_UNSUPPORTED', message: new RegExp(algorithm) });
    });
  }

  it('without a version is the newest that is enabled, by number, and stays that', async () => {
    versions = { 1: P256, 2: P256, 9: P256, 10: { ...P256, pair: generateKeyPairSync('ec', { namedCurve: 'P-256' }) } };
    const key = await open(`gcpkms://${KEY}`);
    assert.equal(key.name, `gcpkms://${KEY}/cryptoKeyVersions/10`);
    versions = { ...versions, 11: P256 };
    const signature = await key.sign(BYTES, 'ecdsa');
    assert.ok(verify('sha256', BYTES, versions['10']?.pair.publicKey ?? '', signature));
    versions = {};
    await assert.rejects(open(`gcpkms://${KEY}`), { code: 'KEY_NOT_FOUND', message: /a version that is enabled/ });
  });

  it('is asked for its public key once', async () => {
    const key = await open();
    await key.sign(BYTES, 'ecdsa');
    await key.sign(BYTES, 'ecdsa-sha256');
    assert.deepEqual(
      server.asked.map(({ path }) => path.slice(`/v1/${KEY}/cryptoKeyVersions`.length)),
      ['/1/publicKey', '/1:asymmetricSign', '/1:asymmetricSign'],
    );
  });

  for (const reference of [
    `gcpkms://${KEY}/versions/0`,
    `gcpkms://${KEY}/cryptoKeyVersions/latest`,
    `gcpkms://${KEY}/versions/1/`,
    `gcpkms://${KEY}?alt=media`,
    'gcpkms://projects/../locations/l/keyRings/r/cryptoKeys/k',
    'gcpkms://elsewhere.example/projects/p/locations/l/keyRings/r/cryptoKeys/k',
    'gcpkms://',
  ]) {
    it(`${reference} is no reference`, async () => {
      await assert.rejects(open(reference), { code: 'KEY_REFERENCE_INVALID' });
      assert.equal(server.asked.length, 0);
    });
  }

  const name = `${KEY}/cryptoKeyVersions/1`;
  const lies: readonly (readonly [what: string, change: (body: Record<string, unknown>) => object])[] = [
    ['about another version', (body) => ({ ...body, name: `${KEY}/cryptoKeyVersions/2` })],
    ['about nothing', ({ name: _, ...body }) => body],
    ['with another checksum', (body) => ({ ...body, pemCrc32c: '1', signatureCrc32c: '1' })],
    ['with a checksum that is a number', (body) => ({ ...body, pemCrc32c: 1, signatureCrc32c: 1 })],
    ['without a checksum', ({ pemCrc32c: _, signatureCrc32c: __, ...body }) => body],
    ['of a digest that did not arrive', (body) => ({ ...body, pemCrc32c: '0', verifiedDigestCrc32c: false })],
    ['that is not base64', (body) => ({ ...body, pem: 'a PEM', signature: '*' })],
    ['that is a list', (body) => [body]],
  ];
  for (const [what, change] of lies) {
    it(`an answer ${what} is refused`, async () => {
      const key = await open();
      instead = () => ({ body: change(publicKeyReply(name, P256)) });
      await assert.rejects(open(), { code: 'KEY_SERVICE_ANSWER_INVALID' });
      instead = (question) => ({ body: change(signReply(name, P256, question)) });
      await assert.rejects(key.sign(BYTES, 'ecdsa'), { code: 'KEY_SERVICE_ANSWER_INVALID' });
    });
  }

  it('a key that is not of its algorithm is refused', async () => {
    versions = { 1: { pair: PAIRS.p384, algorithm: 'EC_SIGN_P256_SHA256' } };
    await assert.rejects(open(), { code: 'KEY_SERVICE_ANSWER_INVALID' });
    versions = { 1: { pair: PAIRS.rsa3072, algorithm: 'RSA_SIGN_PSS_2048_SHA256' } };
    await assert.rejects(open(), { code: 'KEY_SERVICE_ANSWER_INVALID' });
  });

  const refusals: readonly (readonly [status: number, name: string, code: string])[] = [
    [400, 'FAILED_PRECONDITION', 'KEY_NOT_PERMITTED'],
    [401, 'UNAUTHENTICATED', 'KEY_SERVICE_REFUSED'],
    [403, 'PERMISSION_DENIED', 'KEY_SERVICE_REFUSED'],
    [404, 'NOT_FOUND', 'KEY_NOT_FOUND'],
    [429, 'RESOURCE_EXHAUSTED', 'KEY_SERVICE_THROTTLED'],
    [503, 'UNAVAILABLE', 'KEY_SERVICE_UNREACHABLE'],
  ];
  for (const [status, said, code] of refusals) {
    it(`${said} is ${code}, at opening and at signing`, async () => {
      const key = await open();
      instead = ({ headers }) => failure(status, said, `Not with ${headers['authorization'] ?? ''}.`);
      for (const attempt of [async () => await open(), async () => await key.sign(BYTES, 'ecdsa')]) {
        await assert.rejects(attempt, (error: Error) => {
          assert.equal((error as { code?: string }).code, code);
          assert.match(error.message, new RegExp(`found ${status}`));
          assert.ok(!`${error.message}${error.stack ?? ''}`.includes(TOKEN), error.message);
          return true;
        });
      }
    });
  }

  it('gets its tokens by a service account or a user, and a new one when the first has ended', async () => {
    let now = Date.UTC(2026, 0, 1);
    let tokens = 0;
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const account = join(folder, 'account.json');
    writeFileSync(
      account,
      JSON.stringify({
        type: 'service_account',
        client_email: 'release@shop.iam.gserviceaccount.com',
        private_key: privateKey.export({ format: 'pem', type: 'pkcs8' }),
        token_uri: `${server.url}/token`,
      }),
    );
    instead = ({ path, body }) => {
      if (path !== '/token') {
        return null;
      }
      tokens += 1;
      const form = new URLSearchParams(body.toString());
      assert.equal(form.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer');
      return { body: { access_token: TOKEN, expires_in: 3599, token_type: 'Bearer' } };
    };
    const more = { CLOUDSDK_AUTH_ACCESS_TOKEN: '', GOOGLE_APPLICATION_CREDENTIALS: account };
    const access = keyAccessFor({ environment: environment(more), clock: { now: () => now } });
    const key = await openGoogleKey(`gcpkms://${name}`, access, { backoffMs: [] });
    await key.sign(BYTES, 'ecdsa');
    assert.equal(tokens, 1);
    now += 3_600_000;
    await key.sign(BYTES, 'ecdsa');
    assert.equal(tokens, 2);
  });

  it('says what is missing where nothing says who asks', async () => {
    const file = join(folder, 'external.json');
    writeFileSync(file, JSON.stringify({ type: 'external_account', token_url: 'https://sts.googleapis.com/v1/token' }));
    const user = join(folder, 'user.json');
    writeFileSync(user, JSON.stringify({ type: 'authorized_user', refresh_token: SECRET }));
    for (const [more, code] of [
      [{}, 'KEY_CREDENTIALS_MISSING'],
      [{ GOOGLE_APPLICATION_CREDENTIALS: file }, 'KEY_CREDENTIALS_MISSING'],
      [{ GOOGLE_APPLICATION_CREDENTIALS: user }, 'CLOUD_CREDENTIALS_INVALID'],
      [{ GOOGLE_APPLICATION_CREDENTIALS: join(folder, 'none.json') }, 'CLOUD_CREDENTIALS_INVALID'],
      [{ GOOGLE_OAUTH_ACCESS_TOKEN: 'two words' }, 'KEY_CREDENTIALS_MISSING'],
    ] as const) {
      await assert.rejects(open(undefined, { CLOUDSDK_AUTH_ACCESS_TOKEN: '', ...more }), { code });
    }
    assert.equal(server.asked.length, 0);
  });

  it('is not asked over http of another machine', async () => {
    const more = { CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS: 'http://kms.example/' };
    await assert.rejects(open(undefined, more), { name: 'KeyError', message: /expected https/ });
  });
});
