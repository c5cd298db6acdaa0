import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync } from 'node:crypto';
import { after, afterEach, before, describe, it } from 'node:test';
import { type AnsweringServer, type Question, type Reply, startAnswering } from '#test/fixtures/answering-server.ts';
import { keyAccessFor } from '#test/fixtures/key-access.ts';
import { openAwsKey } from './open.ts';
import { parseAwsReference } from './reference.ts';

const BYTES = Buffer.from('something to sign');
const ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const ARN = `arn:aws:kms:us-east-2:111122223333:key/${ID}`;
const OTHER = `arn:aws:kms:us-east-2:111122223333:key/0987dcba-09fe-87dc-65ba-ab0987654321`;
const SECRET = 'wJalrXUtnFEMI/K7MDENG+planted';
const SESSION = 'planted-session-token';
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** The form of the API reference: GetPublicKey, Response Syntax. */
const PUBLIC_KEY = {
  CustomerMasterKeySpec: 'ECC_NIST_P256',
  KeyId: ARN,
  KeySpec: 'ECC_NIST_P256',
  KeyUsage: 'SIGN_VERIFY',
  PublicKey: pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  SigningAlgorithms: ['ECDSA_SHA_256'],
};
const SIGNATURE = {
  KeyId: ARN,
  Signature: Buffer.from('a signature').toString('base64'),
  SigningAlgorithm: 'ECDSA_SHA_256',
};

describe('answers of AWS KMS', () => {
  let server: AnsweringServer;
  let instead: (operation: string, question: Question) => Reply | null;
  before(async () => {
    server = await startAnswering((question) => {
      const operation = (question.headers['x-amz-target'] ?? '').slice('TrentService.'.length);
      return instead(operation, question) ?? { body: operation === 'Sign' ? SIGNATURE : PUBLIC_KEY };
    });
  });
  const reset = (): void => {
    instead = () => null;
    (server.asked as Question[]).length = 0;
  };
  before(reset);
  afterEach(reset);
  after(async () => await server.close());

  const environment = {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: SECRET,
    AWS_SESSION_TOKEN: SESSION,
    AWS_DEFAULT_REGION: 'us-east-2',
  };

  async function open(key = 'alias/release', more: Readonly<Record<string, string>> = {}, backoffMs: number[] = []) {
    const access = keyAccessFor({ environment: { ...environment, ...more } });
    return await openAwsKey(`awskms://${new URL(server.url).host}/${key}`, access, { backoffMs });
  }

  /** The form of the API reference: an error is a name and a message, nearly always with a status of 400. */
  function failure(status: number, type: string, message = 'No.'): Reply {
    return {
      status,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: JSON.stringify({ __type: type, message }),
    };
  }

  it('are asked for by the digest alone, with the ARN that the alias meant', async () => {
    const key = await open();
    await key.sign(BYTES, 'ecdsa');
    const [, sign] = server.asked.map(({ body }) => JSON.parse(body.toString()) as Readonly<Record<string, string>>);
    assert.deepEqual(sign, {
      KeyId: ARN,
      Message: createHash('sha256').update(BYTES).digest('base64'),
      MessageType: 'DIGEST',
      SigningAlgorithm: 'ECDSA_SHA_256',
    });
    for (const { headers, body } of server.asked) {
      assert.ok(!body.includes(BYTES) && !JSON.stringify(headers).includes(SECRET));
      assert.equal(headers['x-amz-security-token'], SESSION);
    }
  });

  const refusals: readonly (readonly [status: number, type: string, code: string])[] = [
    [400, 'ThrottlingException', 'KEY_SERVICE_THROTTLED'],
    [400, 'com.amazonaws.kms#LimitExceededException', 'KEY_SERVICE_THROTTLED'],
    [400, 'AccessDeniedException', 'KEY_SERVICE_REFUSED'],
    [400, 'ExpiredTokenException', 'KEY_SERVICE_REFUSED'],
    [403, 'ExpiredToken', 'KEY_SERVICE_REFUSED'],
    [400, 'UnrecognizedClientException', 'KEY_SERVICE_REFUSED'],
    [400, 'InvalidSignatureException', 'KEY_SERVICE_REFUSED'],
    [400, 'NotFoundException', 'KEY_NOT_FOUND'],
    [400, 'DisabledException', 'KEY_NOT_PERMITTED'],
    [400, 'KMSInvalidStateException', 'KEY_NOT_PERMITTED'],
    [400, 'InvalidKeyUsageException', 'KEY_UNSUPPORTED'],
    [400, 'UnsupportedOperationException', 'KEY_UNSUPPORTED'],
    [500, 'KeyUnavailableException', 'KEY_SERVICE_UNREACHABLE'],
    [500, 'KMSInternalException', 'KEY_SERVICE_UNREACHABLE'],
    [400, 'SomethingNewException', 'KEY_SERVICE_REFUSED'],
  ];
  for (const [status, type, code] of refusals) {
    it(`${type} is ${code}, at opening and at signing`, async () => {
      const key = await open();
      instead = () => failure(status, type, 'Not so.');
      const said = new RegExp(`found ${status} .*${type.split('#').at(-1) ?? ''}: Not so`);
      for (const attempt of [async () => await open(), async () => await key.sign(BYTES, 'ecdsa')]) {
        await assert.rejects(attempt, { code, message: said });
      }
    });
  }

  it('name their error in a header, too', async () => {
    const headers = { 'x-amzn-errortype': 'ThrottlingException:http://internal.amazon.com/coral/com.amazonaws.kms/' };
    instead = () => ({ status: 400, headers, body: 'not JSON' });
    await assert.rejects(open(), { code: 'KEY_SERVICE_THROTTLED', message: /ThrottlingException/ });
  });

  it('are asked for again where there were too many requests', async () => {
    let refused = 0;
    instead = () => {
      refused += 1;
      return refused % 3 === 0 ? null : failure(400, 'ThrottlingException', 'Rate exceeded');
    };
    const key = await open('alias/release', {}, [0, 0]);
    await key.sign(BYTES, 'ecdsa');
    assert.equal(refused, 6);
    instead = () => failure(400, 'ThrottlingException', 'Rate exceeded');
    await assert.rejects(key.sign(BYTES, 'ecdsa'), { code: 'KEY_SERVICE_THROTTLED', message: /Rate exceeded/ });
  });

  it('are not waited for by whoever was told to stop', async () => {
    const controller = new AbortController();
    const key = await open('alias/release', {}, [600_000]);
    instead = () => {
      setImmediate(() => controller.abort(new Error('enough')));
      return failure(400, 'ThrottlingException');
    };
    await assert.rejects(key.sign(BYTES, 'ecdsa', controller.signal), { message: 'enough' });
  });

  const opened: readonly (readonly [what: string, body: string | object, code: string])[] = [
    ['of another key', { ...PUBLIC_KEY, KeyId: OTHER }, 'KEY_SERVICE_ANSWER_INVALID'],
    ['of an alias', { ...PUBLIC_KEY, KeyId: 'alias/release' }, 'KEY_SERVICE_ANSWER_INVALID'],
    ['of no key', { ...PUBLIC_KEY, KeyId: undefined }, 'KEY_SERVICE_ANSWER_INVALID'],
    ['that is not base64', { ...PUBLIC_KEY, PublicKey: `${PUBLIC_KEY.PublicKey}*` }, 'KEY_SERVICE_ANSWER_INVALID'],
    [
      'with something behind the key',
      { ...PUBLIC_KEY, PublicKey: `${PUBLIC_KEY.PublicKey.slice(0, -2)}AAAA` },
      'KEY_SERVICE_ANSWER_INVALID',
    ],
    ['that is no JSON', '<html>', 'KEY_SERVICE_ANSWER_INVALID'],
    ['that is a list', [PUBLIC_KEY], 'KEY_SERVICE_ANSWER_INVALID'],
    ['that says something twice', `{"KeyId":"${ARN}","KeyId":"${OTHER}"}`, 'KEY_SERVICE_ANSWER_INVALID'],
    ['that is too long', ' '.repeat(2 ** 20 + 1), 'LIMIT_EXCEEDED'],
    ['of a key to encrypt with', { ...PUBLIC_KEY, KeyUsage: 'ENCRYPT_DECRYPT' }, 'KEY_UNSUPPORTED'],
    ['of a key to agree on others with', { ...PUBLIC_KEY, KeyUsage: 'KEY_AGREEMENT' }, 'KEY_UNSUPPORTED'],
    ['of Ed25519', { ...PUBLIC_KEY, KeySpec: 'ECC_NIST_EDWARDS25519' }, 'KEY_UNSUPPORTED'],
  ];
  for (const [what, body, code] of opened) {
    it(`${what} open no key`, async () => {
      instead = () => ({ body });
      await assert.rejects(open(ID), { code });
    });
  }

  const signed: readonly (readonly [what: string, body: string | object])[] = [
    ['by another key', { ...SIGNATURE, KeyId: OTHER }],
    ['by the same id in another account', { ...SIGNATURE, KeyId: ARN.replace('1111', '2222') }],
    ['by another algorithm', { ...SIGNATURE, SigningAlgorithm: 'ECDSA_SHA_384' }],
    ['in base64url', { ...SIGNATURE, Signature: '-_-_' }],
    ['without a signature', { ...SIGNATURE, Signature: '' }],
    ['that are no JSON', 'null'],
  ];
  for (const [what, body] of signed) {
    it(`${what} are no signature`, async () => {
      const key = await open();
      instead = () => ({ body });
      await assert.rejects(key.sign(BYTES, 'ecdsa'), { code: 'KEY_SERVICE_ANSWER_INVALID' });
    });
  }

  it('are believed as far as their algorithms go', async () => {
    instead = () => ({ body: { ...PUBLIC_KEY, SigningAlgorithms: ['ECDSA_SHA_384'] } });
    await assert.rejects((await open()).sign(BYTES, 'ecdsa'), { code: 'KEY_SCHEME_MISMATCH' });
  });

  it('that redirect are not followed', async () => {
    instead = () => ({ status: 307, headers: { location: `${server.url}/elsewhere` } });
    await assert.rejects(open(), { name: 'KeyError', message: /redirect refused/ });
    assert.equal(server.asked.length, 1);
  });

  it('that never come are no answers', async () => {
    const closed = await startAnswering(() => ({}));
    await closed.close();
    const access = keyAccessFor({ environment });
    const opening = openAwsKey(`awskms://${new URL(closed.url).host}/${ID}`, access, { backoffMs: [] });
    await assert.rejects(opening, { code: 'KEY_SERVICE_UNREACHABLE', message: /connection failed/ });
  });

  it('are not asked for where the environment does not say by whom, or of which region', async () => {
    for (const [more, code] of [
      [{ AWS_ACCESS_KEY_ID: '' }, 'KEY_CREDENTIALS_MISSING'],
      [{ AWS_SECRET_ACCESS_KEY: '' }, 'KEY_CREDENTIALS_MISSING'],
      [{ AWS_DEFAULT_REGION: '' }, 'KEY_CREDENTIALS_MISSING'],
      [{ AWS_REGION: 'attacker.example/' }, 'KEY_CREDENTIALS_MISSING'],
    ] as const) {
      await assert.rejects(open(ID, more), { code });
    }
    const elsewhere = keyAccessFor({ environment: { ...environment, AWS_ENDPOINT_URL_KMS: 'http://kms.example' } });
    await assert.rejects(openAwsKey(`awskms:///${ID}`, elsewhere), {
      name: 'KeyError',
      message: /expected https/,
    });
    assert.equal(server.asked.length, 0);
  });
});

describe('a reference of AWS KMS', () => {
  for (const [reference, endpoint, keyId, region] of [
    [`awskms:///${ID}`, null, ID, null],
    [`awskms:///mrk-${ID.replaceAll('-', '')}`, null, `mrk-${ID.replaceAll('-', '')}`, null],
    [`awskms:///${ARN}`, null, ARN, 'us-east-2'],
    ['awskms:///alias/team/release_1-x', null, 'alias/team/release_1-x', null],
    [`awskms://localhost:4566/${ID}`, 'localhost:4566', ID, null],
    ['awskms://[::1]:4566/alias/a', '[::1]:4566', 'alias/a', null],
    [`awskms://kms.eu-west-1.amazonaws.com/${ARN}`, 'kms.eu-west-1.amazonaws.com', ARN, 'us-east-2'],
    [
      'awskms:///arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/ExampleAlias',
      null,
      'arn:aws-us-gov:kms:us-gov-west-1:111122223333:alias/ExampleAlias',
      'us-gov-west-1',
    ],
  ] as const) {
    it(`is ${reference}`, () => {
      assert.deepEqual(parseAwsReference(reference), { endpoint, keyId, region });
    });
  }

  for (const reference of [
    'awskms://',
    'awskms:///',
    `awskms://${ID}`,
    'awskms:///release',
    'awskms:///alias/',
    'awskms:///alias/a b',
    `awskms://user:password@localhost/${ID}`,
    `awskms://localhost:99999/${ID}`,
    `awskms:///${ARN}/`,
    'awskms:///arn:aws:kms:us-east-2:111122223333:release',
    'awskms:///arn:aws:kms:us-east-2:111122223333:key/alias/release',
    'awskms:///arn:aws:s3:us-east-2:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  ]) {
    it(`is not ${reference}`, () => {
      assert.throws(() => parseAwsReference(reference), { code: 'KEY_REFERENCE_INVALID' });
    });
  }
});
