import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { crc32c } from '#base/crc32c.ts';
import { isAppError } from '#base/error.ts';
import type { SigningKey } from '#model/signing.ts';
import { type AnsweringServer, type Question, type Reply, startAnswering } from '#test/fixtures/answering-server.ts';
import { keyAccessFor } from '#test/fixtures/key-access.ts';
import type { KeyAccess } from './driver.ts';
import { openAwsKey } from './drivers/aws/open.ts';
import { parseAwsReference } from './drivers/aws/reference.ts';
import { openAzureKey } from './drivers/azure/open.ts';
import { parseAzureReference } from './drivers/azure/reference.ts';
import { openGoogleKey } from './drivers/google/open.ts';
import { parseGoogleReference } from './drivers/google/reference.ts';
import { KeyError } from './error.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-key-secrets-'));
const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const account = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'pem', type: 'pkcs8' });
const FEDERATED = join(folder, 'federated');
const ACCOUNT = join(folder, 'account.json');

/** What must not show up in anything that is thrown. */
const SECRETS = {
  awsSecret: 'planted0aws0secret0key',
  awsSession: 'planted0aws0session',
  token: 'planted0access0token',
  clientSecret: 'planted~client+secret/=',
  clientSecretInForms: 'planted%7Eclient%2Bsecret%2F%3D',
  federated: 'planted0federated.token.x',
  // A line of the private key in the middle.
  account: account.toString().split('\n')[9] ?? '',
};

interface Service {
  readonly name: string;
  readonly environment: (url: string) => Readonly<Record<string, string>>;
  readonly open: (host: string, access: KeyAccess) => Promise<SigningKey>;
  /** A right answer, as far as its form goes. */
  readonly answer: (question: Question, url: string) => object;
}

const KEY_ID = '1234abcd-12ab-34cd-56ef-1234567890ab';
const VERSION = 'projects/p/locations/l/keyRings/r/cryptoKeys/k/cryptoKeyVersions/1';
const OPTIONS = { backoffMs: [] };
const SIGNATURE = Buffer.alloc(64, 7);
const TOKEN = { access_token: SECRETS.token, expires_in: 3599 };
const pem = pair.publicKey.export({ format: 'pem', type: 'spki' }).toString();

const azure = {
  open: async (host: string, access: KeyAccess) => await openAzureKey(`azurekms://${host}/k`, access, OPTIONS),
  answer: ({ path }: Question, url: string) =>
    path.includes('/oauth2/')
      ? TOKEN
      : {
          key: { kid: `${url}/keys/k/1`, key_ops: ['sign'], ...pair.publicKey.export({ format: 'jwk' }) },
          attributes: { enabled: true },
          kid: `${url}/keys/k/1`,
          value: SIGNATURE.toString('base64url'),
        },
};

const SERVICES: readonly Service[] = [
  {
    name: 'AWS',
    environment: () => ({
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: SECRETS.awsSecret,
      AWS_SESSION_TOKEN: SECRETS.awsSession,
      AWS_REGION: 'us-east-2',
    }),
    open: async (host, access) => await openAwsKey(`awskms://${host}/${KEY_ID}`, access, OPTIONS),
    answer: () => ({
      KeyId: KEY_ID,
      KeyUsage: 'SIGN_VERIFY',
      KeySpec: 'ECC_NIST_P256',
      PublicKey: pair.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
      SigningAlgorithms: ['ECDSA_SHA_256'],
      SigningAlgorithm: 'ECDSA_SHA_256',
      Signature: SIGNATURE.toString('base64'),
    }),
  },
  {
    name: 'Google',
    environment: (url) => ({ CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS: url, GOOGLE_APPLICATION_CREDENTIALS: ACCOUNT }),
    open: async (_, access) => await openGoogleKey(`gcpkms://${VERSION}`, access, OPTIONS),
    answer: ({ path }) =>
      path === '/token'
        ? TOKEN
        : {
            name: VERSION,
            pem,
            pemCrc32c: `${crc32c(Buffer.from(pem))}`,
            algorithm: 'EC_SIGN_P256_SHA256',
            signature: SIGNATURE.toString('base64'),
            signatureCrc32c: `${crc32c(SIGNATURE)}`,
            verifiedDigestCrc32c: true,
          },
  },
  {
    name: 'Azure with a secret',
    environment: (url) => ({
      AZURE_AUTHORITY_HOST: url,
      AZURE_TENANT_ID: 'tenant',
      AZURE_CLIENT_ID: 'client',
      AZURE_CLIENT_SECRET: SECRETS.clientSecret,
    }),
    ...azure,
  },
  {
    name: 'Azure with a token of another issuer',
    environment: (url) => ({
      AZURE_AUTHORITY_HOST: url,
      AZURE_TENANT_ID: 'tenant',
      AZURE_CLIENT_ID: 'client',
      AZURE_FEDERATED_TOKEN_FILE: FEDERATED,
    }),
    ...azure,
  },
];

/** A service that repeats all that it knows, wherever it can. */
function echoes(question: Question): readonly (Reply | null)[] {
  const all = [...Object.values(SECRETS), question.body.toString(), ...Object.values(question.headers)].join(' ');
  const bodies: readonly object[] = [
    { error: 'invalid_client', error_description: question.body.toString() },
    { __type: all, message: all },
    { __type: 'ExpiredTokenException', message: all },
    { error: { status: 'PERMISSION_DENIED', code: 'Forbidden', message: all, innererror: { code: all } } },
    { error: 'invalid_client', error_description: all },
    { error: all, error_description: all },
    { access_token: `${all}\n`, KeyId: all, Signature: all, PublicKey: all, KeyUsage: all, KeySpec: all },
    { key: { kid: all, kty: all, key_ops: ['sign'] }, attributes: { enabled: true }, name: all, pem: all, value: all },
  ];
  const header = { 'x-amzn-errortype': all.replace(/[^\x20-\x7e]/g, ' '), location: `/${encodeURIComponent(all)}` };
  return [
    ...[200, 400, 403, 404, 429, 503].flatMap((status) => bodies.map((body) => ({ status, body }))),
    { status: 400, headers: header, body: all },
    { status: 307, headers: header, body: all },
    { status: 200, headers: { 'content-encoding': 'gzip' }, body: all },
    { status: 200, body: all },
    { status: 200, body: `{"${all}` },
    { status: 200, body: all.repeat(Math.ceil(2 ** 20 / all.length) + 1) },
    null,
  ];
}

describe('keys in services of clouds', () => {
  let server: AnsweringServer;
  before(async () => {
    writeFileSync(FEDERATED, SECRETS.federated);
    server = await startAnswering(() => ({}));
    const key = {
      type: 'service_account',
      client_email: 'a@b',
      private_key: account,
      token_uri: `${server.url}/token`,
    };
    writeFileSync(ACCOUNT, JSON.stringify(key));
  });
  after(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  for (const { name, environment, open, answer } of SERVICES) {
    it(`${name}: no error says a secret, whichever answer goes wrong, and however`, async (t) => {
      const access = keyAccessFor({ environment: environment(server.url) });
      const run = async (): Promise<unknown> =>
        await (await open(new URL(server.url).host, access)).sign(Buffer.from('bytes'), 'ecdsa');
      const places = name === 'AWS' ? 2 : 3;
      const kinds = echoes({ method: '', path: '', headers: {}, body: Buffer.alloc(0) }).length;
      let failures = 0;
      for (let place = 0; place < places; place += 1) {
        for (let kind = 0; kind < kinds; kind += 1) {
          let asked = 0;
          server.answer = (question, response) => {
            asked += 1;
            if (asked <= place) {
              return { body: answer(question, server.url) };
            }
            const reply = echoes(question)[kind] ?? null;
            if (reply === null) {
              response.destroy();
            }
            return reply;
          };
          await assert.rejects(run(), (error: Error) => {
            assert.ok(isAppError(error), inspect(error));
            const said = inspect(error, { depth: 20, maxStringLength: null });
            const found = Object.entries(SECRETS).find(([, secret]) => said.includes(secret));
            assert.equal(found, undefined, `place ${place}, kind ${kind}: ${said}`);
            failures += 1;
            return true;
          });
        }
      }
      t.diagnostic(`${failures} failures`);
      assert.equal(failures, places * kinds);
    });

    it(`${name}: answers that are damaged give errors of our own, or are as good as before`, async () => {
      const access = keyAccessFor({ environment: environment(server.url) });
      await fc.assert(
        fc.asyncProperty(fc.nat(2), fc.nat(2000), fc.nat(255), async (place, at, octet) => {
          let asked = 0;
          server.answer = (question) => {
            const body = Buffer.from(JSON.stringify(answer(question, server.url)));
            if (asked === place) {
              body[at % body.length] = octet;
            }
            asked += 1;
            return { body };
          };
          try {
            const key = await open(new URL(server.url).host, access);
            assert.equal(key.publicKey.length, 91);
            assert.ok((await key.sign(Buffer.from('bytes'), 'ecdsa')).length >= 64);
          } catch (error) {
            assert.ok(isAppError(error), inspect(error));
          }
        }),
        { numRuns: 100 },
      );
    });
  }
});

describe('references of keys in services of clouds', () => {
  const HOST = 'myvault.vault.azure.net';
  const samples = [
    `awskms://localhost:4566/${KEY_ID}`,
    'awskms:///arn:aws:kms:us-east-2:111122223333:alias/a/b',
    `gcpkms://${VERSION}`,
    `azurekms://${HOST}/release/78deebed173b48e48f55abf87ed4cf71`,
  ];

  it('lead nowhere else when they are damaged, or are refused', () => {
    const piece = fc.constantFrom(
      '/',
      '..',
      '/../',
      '@',
      ':',
      '?',
      '#',
      '%2f',
      '\\',
      '.',
      ' ',
      '\0',
      'evil.example',
      '//',
    );
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.nat(90), fc.nat(3), piece, (sample, at, cut, put) => {
        const reference = `${sample.slice(0, at)}${put}${sample.slice(at + cut)}`;
        try {
          if (sample.startsWith('awskms')) {
            const { endpoint } = parseAwsReference(reference);
            const url = URL.parse(`https://${endpoint ?? 'none'}/`);
            assert.ok(url !== null && url.username === '' && url.pathname === '/' && url.search === '', reference);
          } else if (sample.startsWith('gcpkms')) {
            const { key } = parseGoogleReference(reference);
            assert.equal(new URL(`https://cloudkms.googleapis.com/v1/${key}`).pathname, `/v1/${key}`);
          } else {
            const { vault, key, version } = parseAzureReference(reference);
            const url = new URL(`${vault}/keys/${key}/${version ?? ''}`);
            assert.match(url.hostname, /^[a-z0-9-]+\.vault\.azure\.net$/);
            assert.equal(url.pathname, `/keys/${key}/${version ?? ''}`);
          }
        } catch (error) {
          assert.ok(error instanceof KeyError && error.code === 'KEY_REFERENCE_INVALID', inspect(error));
        }
      }),
      { numRuns: 3000 },
    );
  });
});
