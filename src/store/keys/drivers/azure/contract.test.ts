import assert from 'node:assert/strict';
import { constants, createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import type { SigningKey, SigningScheme } from '#model/signing.ts';
import { evidence } from '#test/evidence.ts';
import { type AnsweringServer, type Question, type Reply, startAnswering } from '#test/fixtures/answering-server.ts';
import { keyAccessFor } from '#test/fixtures/key-access.ts';
import { openAzureKey } from './open.ts';
import { parseAzureReference } from './reference.ts';

evidence(
  'trust/key-azure-key-vault',
  'contract only',
  'answers as the REST reference of Key Vault 7.4 shows them (Get Key, Sign), and its example of an RSA key, played on loopback',
);

const BYTES = Buffer.from('something to sign');
const TENANT = '409520d4-8100-4d1d-ad47-72432ddcc120';
const SECRET = 'planted-client-secret';
const ASSERTION = 'planted.federated.token';
const TOKEN = 'eyJ.planted-token';
const VERSION = '78deebed173b48e48f55abf87ed4cf71';
const ALL: readonly SigningScheme[] = ['ecdsa', 'ecdsa-sha256', 'rsa-pkcs1-sha256', 'rsa-pss', 'ed25519'];
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-azure-keys-'));

const PAIRS = {
  p256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  p384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  p521: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  k256: generateKeyPairSync('ec', { namedCurve: 'secp256k1' }),
  rsa2048: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  rsa3072: generateKeyPairSync('rsa', { modulusLength: 3072 }),
};
type PairName = keyof typeof PAIRS;

/** The public key of the reference's example of Get Key: of the form, and with the numbers, that Azure itself has written. */
const EXAMPLE_N =
  '2HJAE5fU3Cw2Rt9hEuq-F6XjINKGa-zskfISVqopqUy60GOs2eyhxbWbJBeUXNor_gf-tXtNeuqeBgitLeVa640UDvnEjYTKWjCniTxZRaU7ewY8BfTSk-7KxoDdLsPSpX_MX4rwlAx-_1UGk5t4sQgTbm9T6Fm2oqFd37dsz5-Gj27UP2GTAShfJPFD7MqU_zIgOI0pfqsbNL5xTQVM29K6rX4jSPtylZV3uWJtkoQIQnrIHhk1d0SC0KwlBV3V7R_LVYjiXLyIXsFzSNYgQ68ZjAwt8iL7I8Osa-ehQLM13DVvLASaf7Jnu3sC3CWl3Gyirgded6cfMmswJzY87w';

/** The hash that an algorithm is with, and how OpenSSL signs by it (RFC 7518 section 3.1). */
const ALGORITHMS: Readonly<Record<string, { readonly bits: number; readonly options: object }>> = {
  ES256: { bits: 256, options: { dsaEncoding: 'ieee-p1363' } },
  ES384: { bits: 384, options: { dsaEncoding: 'ieee-p1363' } },
  ES512: { bits: 512, options: { dsaEncoding: 'ieee-p1363' } },
  RS256: { bits: 256, options: {} },
  PS256: { bits: 256, options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 } },
  PS384: { bits: 384, options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 } },
};

describe('a key of Azure Key Vault', () => {
  let server: AnsweringServer;
  let key: { pair: PairName; version: string; more: Record<string, unknown>; attributes: Record<string, unknown> };
  let instead: (question: Question) => Reply | null;

  before(async () => {
    server = await startAnswering((question) => instead(question) ?? service(question));
  });
  const reset = (): void => {
    key = { pair: 'p256', version: VERSION, more: {}, attributes: { enabled: true } };
    instead = () => null;
    (server.asked as Question[]).length = 0;
  };
  before(reset);
  afterEach(reset);
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  function kid(version = key.version): string {
    return `${server.url}/keys/release/${version}`;
  }

  function bundle(): Record<string, unknown> {
    const jwk = PAIRS[key.pair].publicKey.export({ format: 'jwk' });
    const renamed = jwk.crv === 'secp256k1' ? { crv: 'P-256K' } : {};
    return {
      key: { kid: kid(), key_ops: ['sign', 'verify'], ...jwk, ...renamed, ...key.more },
      attributes: {
        created: 1493942451,
        updated: 1493942451,
        recoveryLevel: 'Recoverable+Purgeable',
        ...key.attributes,
      },
    };
  }

  function signature(question: Question): Record<string, unknown> {
    const { alg, value } = JSON.parse(question.body.toString()) as { readonly alg: string; readonly value: string };
    const digest = Buffer.from(value, 'base64url');
    const algorithm = ALGORITHMS[alg];
    assert.equal(digest.length * 8, algorithm?.bits, 'the digest is as long as the algorithm wants it');
    assert.ok(!question.body.includes(BYTES), 'what is signed does not leave the machine');
    // node:crypto has no way to sign a digest; what the digest is of is known here.
    const hashes = ['sha256', 'sha384', 'sha512'];
    const hash = hashes.find((name) => digest.toString('hex').endsWith(createHash(name).update(BYTES).digest('hex')));
    const signed = sign(hash, BYTES, { key: PAIRS[key.pair].privateKey, ...algorithm?.options });
    return { kid: kid(), value: signed.toString('base64url') };
  }

  function service(question: Question): Reply {
    const url = new URL(question.path, server.url);
    if (url.pathname === `/${TENANT}/oauth2/v2.0/token`) {
      const form = new URLSearchParams(question.body.toString());
      assert.equal(form.get('scope'), 'https://vault.azure.net/.default');
      assert.equal(form.get('client_id'), 'client');
      return { body: { token_type: 'Bearer', expires_in: 3599, access_token: TOKEN } };
    }
    assert.equal(question.headers['authorization'], `Bearer ${TOKEN}`);
    assert.equal(url.searchParams.get('api-version'), '7.4');
    const [, name, version, rest] = /^\/keys\/([^/]+)(?:\/([0-9a-f]{32}))?(\/sign)?$/.exec(url.pathname) ?? [];
    if (name !== 'release' || (version !== undefined && version !== key.version)) {
      return failure(404, 'KeyNotFound', `A key with (name/id) ${name ?? ''} was not found in this key vault.`);
    }
    return { body: rest === undefined ? bundle() : signature(question) };
  }

  /** KeyVaultError of the reference. */
  function failure(status: number, code: string, message: string, inner?: string): Reply {
    const innererror = inner === undefined ? {} : { innererror: { code: inner } };
    return { status, body: { error: { code, message, ...innererror } } };
  }

  function environment(more: Readonly<Record<string, string>> = {}): Record<string, string> {
    return {
      AZURE_AUTHORITY_HOST: `${server.url}/`,
      AZURE_TENANT_ID: TENANT,
      AZURE_CLIENT_ID: 'client',
      AZURE_CLIENT_SECRET: SECRET,
      ...more,
    };
  }

  function reference(rest: string): string {
    return `azurekms://${new URL(server.url).host}/${rest}`;
  }

  async function open(rest = 'release', more = {}): Promise<SigningKey> {
    return await openAzureKey(reference(rest), keyAccessFor({ environment: environment(more) }), { backoffMs: [] });
  }

  const pss = (saltLength: number): object => ({ padding: constants.RSA_PKCS1_PSS_PADDING, saltLength });
  type Judge = readonly [hash: string, options: object];
  const kinds: readonly (readonly [PairName, Partial<Record<SigningScheme, Judge>>])[] = [
    ['p256', { ecdsa: ['sha256', {}], 'ecdsa-sha256': ['sha256', {}] }],
    ['p384', { ecdsa: ['sha384', {}], 'ecdsa-sha256': ['sha256', {}] }],
    ['p521', { ecdsa: ['sha512', {}], 'ecdsa-sha256': ['sha256', {}] }],
    ['rsa2048', { 'rsa-pkcs1-sha256': ['sha256', {}], 'rsa-pss': ['sha256', pss(32)] }],
    ['rsa3072', { 'rsa-pkcs1-sha256': ['sha256', {}], 'rsa-pss': ['sha384', pss(48)] }],
  ];
  for (const [pair, schemes] of kinds) {
    it(`${pair} signs by the schemes of its kind and by no other`, async () => {
      key.pair = pair;
      const opened = await open();
      const { publicKey } = PAIRS[pair];
      assert.deepEqual(Buffer.from(opened.publicKey), publicKey.export({ format: 'der', type: 'spki' }));
      assert.equal(opened.name, reference(`release/${VERSION}`));
      for (const scheme of ALL) {
        const judge = schemes[scheme];
        if (judge === undefined) {
          await assert.rejects(opened.sign(BYTES, scheme), { code: 'KEY_SCHEME_MISMATCH' });
        } else {
          const [hash, options] = judge;
          assert.ok(verify(hash, BYTES, { key: publicKey, ...options }, await opened.sign(BYTES, scheme)), scheme);
        }
      }
    });
  }

  it('in hardware has types of its own', async () => {
    for (const [pair, kty] of [
      ['p256', 'EC-HSM'],
      ['rsa2048', 'RSA-HSM'],
    ] as const) {
      key = { ...key, pair, more: { kty } };
      const expected = PAIRS[pair].publicKey.export({ format: 'der', type: 'spki' });
      assert.deepEqual(Buffer.from((await open()).publicKey), expected);
    }
  });

  it("is read from the reference's own example", async () => {
    key = {
      ...key,
      pair: 'rsa2048',
      more: { kty: 'RSA', n: EXAMPLE_N, e: 'AQAB', key_ops: ['encrypt', 'sign', 'verify'] },
    };
    const { publicKey } = await open();
    assert.ok(Buffer.from(publicKey).includes(Buffer.from(EXAMPLE_N, 'base64url')));
  });

  it('without a version is the newest, and stays that', async () => {
    const opened = await open();
    const before = key.version;
    key = { ...key, version: '9885aa558e8d448789683188f8c194b0' };
    await assert.rejects(opened.sign(BYTES, 'ecdsa'), { code: 'KEY_NOT_FOUND' });
    assert.equal(server.asked.at(-1)?.path, `/keys/release/${before}/sign?api-version=7.4`);
    assert.match((await open()).name, /9885aa558e8d448789683188f8c194b0$/);
    await assert.rejects(open(`release/${before}`), { code: 'KEY_NOT_FOUND' });
  });

  it('is asked for its public key once, with one token', async () => {
    const opened = await open();
    await opened.sign(BYTES, 'ecdsa');
    await opened.sign(BYTES, 'ecdsa');
    assert.deepEqual(
      server.asked.map(({ method, path }) => `${method} ${path.split('?')[0] ?? ''}`),
      [
        `POST /${TENANT}/oauth2/v2.0/token`,
        'GET /keys/release',
        `POST /keys/release/${VERSION}/sign`,
        `POST /keys/release/${VERSION}/sign`,
      ],
    );
  });

  it('is opened with a token of another issuer, too', async () => {
    const file = join(folder, 'token');
    writeFileSync(file, `${ASSERTION}\n`);
    await open('release', { AZURE_CLIENT_SECRET: '', AZURE_FEDERATED_TOKEN_FILE: file });
    const form = new URLSearchParams(server.asked[0]?.body.toString());
    assert.equal(form.get('client_assertion'), ASSERTION);
    assert.equal(form.get('client_assertion_type'), 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer');
    assert.equal(form.get('client_secret'), null);
  });

  const unusable: readonly (readonly [what: string, change: object, code: string])[] = [
    ['on P-256K', { pair: 'k256' }, 'KEY_UNSUPPORTED'],
    ['that is symmetric', { more: { kty: 'oct-HSM' } }, 'KEY_UNSUPPORTED'],
    ['that only encrypts', { pair: 'rsa2048', more: { key_ops: ['encrypt', 'wrapKey'] } }, 'KEY_UNSUPPORTED'],
    ['that is disabled', { attributes: { enabled: false } }, 'KEY_NOT_PERMITTED'],
    ['of 1024 bits', { more: { kty: 'RSA', e: 'AQAB', n: EXAMPLE_N.slice(0, 171) } }, 'KEY_SERVICE_ANSWER_INVALID'],
    [
      'that is another one',
      { more: { kid: 'https://myvault.vault.azure.net/keys/release/1' } },
      'KEY_SERVICE_ANSWER_INVALID',
    ],
    ['without an id', { more: { kid: undefined } }, 'KEY_SERVICE_ANSWER_INVALID'],
    ['with a short coordinate', { more: { x: 'AAAA' } }, 'KEY_SERVICE_ANSWER_INVALID'],
    ['with padded base64', { more: { x: 'AAAA=' } }, 'KEY_SERVICE_ANSWER_INVALID'],
    [
      'that is not on its curve',
      { more: { x: Buffer.alloc(32, 1).toString('base64url') } },
      'KEY_SERVICE_ANSWER_INVALID',
    ],
  ];
  for (const [what, change, code] of unusable) {
    it(`${what} is refused`, async () => {
      Object.assign(key, change);
      await assert.rejects(open(), { code });
    });
  }

  const lies: readonly (readonly [what: string, change: (body: Record<string, unknown>) => object])[] = [
    ['by another version', (body) => ({ ...body, kid: kid('9885aa558e8d448789683188f8c194b0') })],
    ['by another vault', (body) => ({ ...body, kid: `https://myvault.vault.azure.net/keys/release/${VERSION}` })],
    ['of another length', (body) => ({ ...body, value: Buffer.alloc(63, 1).toString('base64url') })],
    ['of zeros', (body) => ({ ...body, value: Buffer.alloc(64).toString('base64url') })],
    ['in base64', (body) => ({ ...body, value: `${String(body['value'])}==` })],
    ['that is missing', ({ value: _, ...body }) => body],
  ];
  for (const [what, change] of lies) {
    it(`a signature ${what} is refused`, async () => {
      const opened = await open();
      instead = (question) => ({ body: change(signature(question)) });
      await assert.rejects(opened.sign(BYTES, 'ecdsa'), { code: 'KEY_SERVICE_ANSWER_INVALID' });
    });
  }

  const refusals: readonly (readonly [status: number, names: readonly [string, string?], code: string])[] = [
    [401, ['Unauthorized'], 'KEY_SERVICE_REFUSED'],
    [403, ['Forbidden', 'AccessDenied'], 'KEY_SERVICE_REFUSED'],
    [403, ['Forbidden', 'KeyDisabled'], 'KEY_NOT_PERMITTED'],
    [403, ['Forbidden', 'KeyOperationNotPermitted'], 'KEY_NOT_PERMITTED'],
    [404, ['KeyNotFound'], 'KEY_NOT_FOUND'],
    [429, ['Throttled'], 'KEY_SERVICE_THROTTLED'],
    [503, ['ServiceUnavailable'], 'KEY_SERVICE_UNREACHABLE'],
  ];
  for (const [status, [outer, inner], code] of refusals) {
    it(`${status} ${inner ?? outer} is ${code}, at opening and at signing`, async () => {
      const opened = await open();
      instead = ({ path }) => (path.includes('/oauth2/') ? null : failure(status, outer, 'No.', inner));
      for (const attempt of [async () => await open(), async () => await opened.sign(BYTES, 'ecdsa')]) {
        await assert.rejects(attempt, { code, message: new RegExp(`found ${status} .*${inner ?? outer}`) });
      }
    });
  }

  it('says what a token was refused for, without the secret', async () => {
    instead = ({ path, body }) =>
      path.includes('/oauth2/')
        ? { status: 401, body: { error: 'invalid_client', error_description: `AADSTS7000215: ${body.toString()}` } }
        : null;
    await assert.rejects(open(), (error: Error) => {
      assert.equal((error as { code?: string }).code, 'KEY_SERVICE_REFUSED');
      assert.ok(!`${error.message}${error.stack ?? ''}`.includes(SECRET));
      return true;
    });
    instead = () => ({ status: 401, body: { error: 'invalid_client', error_description: 'AADSTS7000222: expired.' } });
    await assert.rejects(open(), { message: /invalid_client: AADSTS7000222: expired/ });
  });

  it('says what is missing where nothing says who asks', async () => {
    for (const variable of ['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_CLIENT_SECRET']) {
      await assert.rejects(open('release', { [variable]: '' }), { code: 'KEY_CREDENTIALS_MISSING' });
    }
    const none = { AZURE_CLIENT_SECRET: '', AZURE_FEDERATED_TOKEN_FILE: join(folder, 'none') };
    await assert.rejects(open('release', none), { code: 'CLOUD_CREDENTIALS_INVALID' });
    await assert.rejects(open('release', { AZURE_AUTHORITY_HOST: 'http://login.example' }), {
      code: 'KEY_CREDENTIALS_MISSING',
    });
    assert.equal(server.asked.length, 0);
  });
});

describe('a reference of Azure Key Vault', () => {
  it('names a vault of one of its clouds, with who gives tokens for it', () => {
    for (const [host, authority, scope] of [
      ['myvault.vault.azure.net', 'https://login.microsoftonline.com', 'https://vault.azure.net/.default'],
      ['MyVault.vault.azure.net', 'https://login.microsoftonline.com', 'https://vault.azure.net/.default'],
      ['pool.managedhsm.azure.net', 'https://login.microsoftonline.com', 'https://managedhsm.azure.net/.default'],
      ['v1.vault.azure.cn', 'https://login.chinacloudapi.cn', 'https://vault.azure.cn/.default'],
      ['v1.vault.usgovcloudapi.net', 'https://login.microsoftonline.us', 'https://vault.usgovcloudapi.net/.default'],
    ] as const) {
      const expected = { vault: `https://${host.toLowerCase()}`, authority, scope, key: 'release', version: null };
      assert.deepEqual(parseAzureReference(`azurekms://${host}/release`), expected);
      assert.deepEqual(parseAzureReference(`azurekms://${host}/release/`), expected);
      assert.deepEqual(parseAzureReference(`azurekms://${host}/release/0a1`), { ...expected, version: '0a1' });
    }
  });

  for (const host of [
    'attacker.example',
    'myvault.vault.azure.net.attacker.example',
    'myvault.vault.azure.net:8443',
    'a.b.vault.azure.net',
    'vault.azure.net',
    'xvault.azure.net',
    '10.0.0.1',
    '127.0.0.1.attacker.example',
    '0x7f000001',
    'user@myvault.vault.azure.net',
    'user@127.0.0.1',
  ]) {
    it(`does not name ${host}`, () => {
      assert.throws(() => parseAzureReference(`azurekms://${host}/release`), { code: 'KEY_REFERENCE_INVALID' });
    });
  }

  it('names a key, and a version of it', () => {
    for (const rest of [
      '',
      '/',
      '/..',
      '/release/1/2',
      '/release?x=1',
      '/re%2Flease',
      '/release/../other',
      '/release#1',
    ]) {
      const reference = `azurekms://myvault.vault.azure.net${rest}`;
      assert.throws(() => parseAzureReference(reference), { code: 'KEY_REFERENCE_INVALID' }, reference);
    }
  });
});
