import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import type { SigningKey } from '#model/signing.ts';
import { keyAccessFor } from '#test/fixtures/key-access.ts';
import { vault } from './index.ts';

const TOKEN = 'hvs.secret-of-a-test';
const REFERENCE = 'hashivault://release';
const BYTES = Buffer.from('something to sign');
/** Nobody waits that long, so that nothing is asked twice. */
const NO_RETRY = { 'retry-after': '3600' };

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = (key: KeyObject): string => key.export({ format: 'pem', type: 'spki' }).toString();
const KEY = { type: 'ecdsa-p256', latest_version: 1, keys: { 1: { public_key: pem(pair.publicKey) } } };

interface Asked {
  readonly request: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A Vault that answers what the test says; every request that it got. */
async function vaultOf(
  context: TestContext,
  ...answers: readonly (object | string | RequestListener)[]
): Promise<{ readonly address: string; readonly asked: readonly Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text: string) => {
      body += text;
    });
    request.on('end', () => {
      const answer = answers[Math.min(asked.length, answers.length - 1)];
      asked.push({ request: `${request.method} ${request.url}`, headers: request.headers, body });
      if (typeof answer === 'function') {
        answer(request, response);
      } else {
        response.end(typeof answer === 'string' ? answer : JSON.stringify({ data: answer }));
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

async function open(address: string, reference = REFERENCE, more: Record<string, string> = {}): Promise<SigningKey> {
  const environment = { VAULT_ADDR: address, VAULT_TOKEN: TOKEN, ...more };
  return await vault.open(reference, keyAccessFor({ environment }));
}

async function refusal(promise: Promise<unknown>, code: string): Promise<string> {
  const error = await promise.then(
    () => assert.fail(`expected ${code}`),
    (thrown: unknown) => thrown,
  );
  assert.ok(isAppError(error), String(error));
  assert.equal(error.code, code, error.message);
  const { cause } = error;
  const all = `${error.stack ?? ''}${error.hint ?? ''}${cause instanceof Error ? (cause.stack ?? '') : ''}`;
  assert.ok(!all.includes(TOKEN), all);
  return `${error.message} ${error.hint ?? ''}`;
}

describe('references of keys in Vault', () => {
  for (const reference of [
    'hashivault://',
    'hashivault://..',
    'hashivault://../sys/seal',
    'hashivault://a/../b',
    'hashivault://a%2fb',
    'hashivault://%2e%2e',
    'hashivault://a?version=1',
    'hashivault://a#b',
    'hashivault://a b',
    'hashivault://.a',
    'hashivault://a.',
    'hashivault://a/versions',
    'hashivault://a/versions/',
    'hashivault://a/versions/0',
    'hashivault://a/versions/01',
    'hashivault://a/versions/latest',
    'hashivault://a/versions/1/2',
    'hashivault://a/versions/12345678901',
    'hashivault://a\n',
    `hashivault://${'a'.repeat(257)}`,
  ]) {
    it(`${JSON.stringify(reference.slice(0, 40))} is refused before anything is asked`, async () => {
      await refusal(open('http://127.0.0.1:1', reference), 'KEY_REFERENCE_INVALID');
    });
  }
});

describe('settings of Vault', () => {
  const cases: readonly (readonly [name: string, more: Record<string, string>, code: string, message: RegExp])[] = [
    ['no address', { VAULT_ADDR: '' }, 'KEY_CREDENTIALS_MISSING', /VAULT_ADDR/],
    ['an address that is none', { VAULT_ADDR: 'vault:8200' }, 'KEY_REFERENCE_INVALID', /VAULT_ADDR/],
    ['an address with a query', { VAULT_ADDR: `https://127.0.0.1/?t=${TOKEN}` }, 'KEY_REFERENCE_INVALID', /query/],
    ['an address with a user', { VAULT_ADDR: `https://me:${TOKEN}@127.0.0.1` }, 'KEY_REFERENCE_INVALID', /user name/],
    ['plain http to another machine', { VAULT_ADDR: 'http://vault.test:8200' }, 'KEY_REFERENCE_INVALID', /https/],
    ['no token', { VAULT_TOKEN: '' }, 'KEY_CREDENTIALS_MISSING', /VAULT_TOKEN/],
    ['a token of two lines', { VAULT_TOKEN: `${TOKEN}\nx: y` }, 'KEY_CREDENTIALS_MISSING', /characters/],
    ['an engine elsewhere', { TRANSIT_SECRET_ENGINE_PATH: '../sys' }, 'KEY_REFERENCE_INVALID', /ENGINE_PATH/],
    ['an engine with an escape', { TRANSIT_SECRET_ENGINE_PATH: 'a%2f..' }, 'KEY_REFERENCE_INVALID', /ENGINE_PATH/],
    ['a namespace of two lines', { VAULT_NAMESPACE: 'a\r\nb: c' }, 'KEY_REFERENCE_INVALID', /VAULT_NAMESPACE/],
  ];
  for (const [name, more, code, message] of cases) {
    it(`${name}: ${code}`, async () => {
      assert.match(await refusal(open('http://127.0.0.1:1', REFERENCE, more), code), message);
    });
  }

  it('say where is asked, by whom and in which namespace', async (context) => {
    const { address, asked } = await vaultOf(context, KEY);
    const more = { TRANSIT_SECRET_ENGINE_PATH: 'team/signing', VAULT_NAMESPACE: 'a/b/' };
    await open(`${address}/behind/a/proxy/`, 'hashivault://re.lease-1/versions/1', more);
    const [{ request, headers } = assert.fail()] = asked;
    assert.equal(request, 'GET /behind/a/proxy/v1/team/signing/keys/re.lease-1');
    assert.equal(headers['x-vault-token'], TOKEN);
    assert.equal(headers['x-vault-namespace'], 'a/b/');
    assert.equal(headers['x-vault-request'], 'true');
  });
});

describe('a key as Vault describes it', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey;
  const other = generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey;
  const version = (publicKey: unknown): object => ({ ...KEY, keys: { 1: { public_key: publicKey } } });
  const secret = pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const cases: readonly (readonly [name: string, answer: object | string, code: string])[] = [
    ['a page', '<html>', 'KEY_SERVICE_ANSWER_INVALID'],
    ['nothing', '', 'KEY_SERVICE_ANSWER_INVALID'],
    ['an array', '[]', 'KEY_SERVICE_ANSWER_INVALID'],
    ['no data', '{"data":null}', 'KEY_SERVICE_ANSWER_INVALID'],
    ['data twice', '{"data":{},"data":{}}', 'KEY_SERVICE_ANSWER_INVALID'],
    ['brackets', '['.repeat(100_000), 'KEY_SERVICE_ANSWER_INVALID'],
    ['too much', 'x'.repeat(2 ** 20 + 1), 'LIMIT_EXCEEDED'],
    ['no type', { ...KEY, type: 1 }, 'KEY_UNSUPPORTED'],
    ['a key that encrypts', { ...KEY, type: 'aes256-gcm96' }, 'KEY_UNSUPPORTED'],
    ['a key for hashes', { ...KEY, type: 'hmac' }, 'KEY_UNSUPPORTED'],
    ['no versions', { ...KEY, keys: [] }, 'KEY_SERVICE_ANSWER_INVALID'],
    ['no newest', { ...KEY, latest_version: '1' }, 'KEY_SERVICE_ANSWER_INVALID'],
    ['half a version', { ...KEY, latest_version: 1.5 }, 'KEY_SERVICE_ANSWER_INVALID'],
    ['no version of it', { ...KEY, latest_version: 2 }, 'KEY_NOT_FOUND'],
    ['a version that signs no more', { ...KEY, min_encryption_version: 2 }, 'KEY_NOT_PERMITTED'],
    ['no public key', { ...KEY, keys: { 1: 1_795_341_233 } }, 'KEY_SERVICE_ANSWER_INVALID'],
    ['an empty one', version(''), 'KEY_SERVICE_ANSWER_INVALID'],
    ['a private one', version(secret), 'KEY_SERVICE_ANSWER_INVALID'],
    ['two of them', version(pem(pair.publicKey).repeat(2)), 'KEY_SERVICE_ANSWER_INVALID'],
    ['one of RSA with 1024 bits', version(pem(rsa)), 'KEY_UNSUPPORTED'],
    ['one of another curve', version(pem(other)), 'KEY_UNSUPPORTED'],
    ['Ed25519 too short', { ...version('AAAA'), type: 'ed25519' }, 'KEY_SERVICE_ANSWER_INVALID'],
    ['Ed25519 in PEM', { ...KEY, type: 'ed25519' }, 'KEY_SERVICE_ANSWER_INVALID'],
  ];
  for (const [name, answer, code] of cases) {
    it(`${name}: ${code}`, async (context) => {
      await refusal(open((await vaultOf(context, answer)).address), code);
    });
  }

  it('damaged anywhere opens as what it was, or not, and is never another error', async (context) => {
    const text = JSON.stringify({ data: KEY });
    let damaged = text;
    const { address } = await vaultOf(context, (_request, response) => response.end(damaged));
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.string({ maxLength: 3 }), async (at, put) => {
        damaged = text.slice(0, at) + put + text.slice(at + 1);
        try {
          await open(address);
        } catch (error) {
          assert.ok(isAppError(error), String(error));
        }
      }),
      { numRuns: 150 },
    );
  });
});

describe('what Vault refuses', () => {
  const cases: readonly (readonly [status: number, said: string, code: string, message: RegExp])[] = [
    [400, 'bad request', 'KEY_SERVICE_REFUSED', /400 \("bad request"\)/],
    [401, '', 'KEY_SERVICE_REFUSED', /found 401/],
    [403, 'permission denied', 'KEY_SERVICE_REFUSED', /403 \("permission denied"\).*policy/],
    [403, `invalid token ${TOKEN}`, 'KEY_SERVICE_REFUSED', /found 403 /],
    [404, '1 error:\n\t* none\u001b[31m', 'KEY_NOT_FOUND', /404 \("1 error: \* none\\u001b\[31m"\).*ENGINE_PATH/],
    [429, 'rate limit', 'KEY_SERVICE_THROTTLED', /429 \("rate limit"\)/],
    [472, '', 'KEY_SERVICE_UNREACHABLE', /active/],
    [473, '', 'KEY_SERVICE_UNREACHABLE', /active/],
    [500, 'x'.repeat(1000), 'KEY_SERVICE_UNREACHABLE', /500 \("x{200}…"\)/],
    [503, 'Vault is sealed', 'KEY_SERVICE_UNREACHABLE', /503 \("Vault is sealed"\).*sealed/],
    [200, '', 'KEY_SERVICE_ANSWER_INVALID', /expected data/],
    [204, '', 'KEY_SERVICE_REFUSED', /found 204/],
    [307, '', 'KEY_SERVICE_UNREACHABLE', /redirect refused at http:\S+\/keys\/release: .*307/],
  ];
  for (const [status, said, code, message] of cases) {
    it(`${status} ${JSON.stringify(said.slice(0, 20))}: ${code}`, async (context) => {
      const { address, asked } = await vaultOf(context, (_request, response) => {
        const headers = { ...NO_RETRY, location: 'http://127.0.0.1:1/' };
        response.writeHead(status, headers).end(JSON.stringify({ errors: said === '' ? [] : [said] }));
      });
      assert.match(await refusal(open(address), code), message);
      assert.equal(asked.length, 1);
    });
  }

  it('nobody there', async (context) => {
    const { address } = await vaultOf(context, (request) => void request.socket.destroy());
    assert.match(
      await refusal(open(address), 'KEY_SERVICE_UNREACHABLE'),
      /^hashivault:\/\/release: connection failed at/,
    );
  });
});

describe('a signature of Vault', () => {
  const signature = sign('sha256', BYTES, pair.privateKey).toString('base64');

  it('is asked of the version that was opened, over a hash made here', async (context) => {
    const { address, asked } = await vaultOf(context, KEY, { signature: `vault:v1:${signature}` });
    const key = await open(address);
    assert.equal(Buffer.from(await key.sign(BYTES, 'ecdsa')).toString('base64'), signature);
    const [, { request, headers, body } = assert.fail()] = asked;
    assert.equal(request, 'POST /v1/transit/sign/release/sha2-256');
    assert.equal(headers['x-vault-token'], TOKEN);
    assert.deepEqual(JSON.parse(body), {
      input: createHash('sha256').update(BYTES).digest('base64'),
      key_version: 1,
      prehashed: true,
      marshaling_algorithm: 'asn1',
    });
  });

  const cases: readonly (readonly [name: string, answer: object | string])[] = [
    ['of another version', { signature: `vault:v2:${signature}` }],
    ['of another version, by its first digit', { signature: `vault:v11:${signature}` }],
    ['without a version', { signature }],
    ['of nothing', { signature: 'vault:v1:' }],
    ['that is no base64', { signature: 'vault:v1:!!!!' }],
    ['with something behind it', { signature: `vault:v1:${signature}\n` }],
    ['that is none', { signature: 1 }],
    ['that is missing', {}],
    ['in a page', '<html>'],
  ];
  for (const [name, answer] of cases) {
    it(`${name} is refused`, async (context) => {
      const key = await open((await vaultOf(context, KEY, answer)).address);
      await refusal(key.sign(BYTES, 'ecdsa'), 'KEY_SERVICE_ANSWER_INVALID');
    });
  }

  it('is waited for as long as its caller wants', async (context) => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const { address } = await vaultOf(context, KEY, () => controller.abort(reason));
    const key = await open(address);
    await assert.rejects(key.sign(BYTES, 'ecdsa', controller.signal), reason);
  });
});
