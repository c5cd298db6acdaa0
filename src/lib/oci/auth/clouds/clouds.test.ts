import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, verify } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { CloudError } from '#base/cloud/error.ts';
import { signJwt } from '#base/cloud/google.ts';
import { evidence } from '#test/evidence.ts';
import { type Answer, type Asked, startServices } from '#test/fixtures/loopback-services.ts';
import { sourceAccess } from '#test/fixtures/source-access.ts';
import { DEFAULT_SETTINGS } from '../../settings/settings.ts';
import { createAuthorizer } from '../authorizer.ts';
import { AuthError } from '../error.ts';
import { acr } from './acr.ts';
import type { Cloud } from './cloud.ts';
import { ecr } from './ecr.ts';
import { google } from './google.ts';

evidence('oci/ecr', 'published', 'GetAuthorizationToken as its API reference shows it, played on loopback');
evidence('oci/acr', 'published', 'requests and answers of Azure/acr docs/AAD-OAuth.md, played on loopback');
evidence(
  'oci/google-registries',
  'published',
  'the JSON web token and the answer of the OAuth 2.0 guide for service accounts, played on loopback',
);

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-clouds-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const SECRET = 'secret-word';
const { signal } = new AbortController();
const NOW = 1_328_550_785_000;

async function credentialOf(
  cloud: Cloud,
  registry: string,
  environment: Readonly<Record<string, string>>,
  answer: (asked: Asked) => Answer,
) {
  const services = await startServices(answer);
  try {
    const { exchange, asked } = services;
    const found = await cloud.credential({ registry, environment, exchange, clock: { now: () => NOW }, signal });
    return { found, asked };
  } finally {
    await services.close();
  }
}

function fails(code: (AuthError | CloudError)['code'], problem: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok((error instanceof AuthError || error instanceof CloudError) && error.code === code, String(error));
    assert.match(error.message, problem);
    assert.ok(!`${error.message} ${error.stack} ${String(error.cause)}`.includes(SECRET), error.message);
    return true;
  };
}

describe('Amazon ECR', () => {
  const HOST = '012345678910.dkr.ecr.us-west-2.amazonaws.com';
  const ENVIRONMENT = { AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: SECRET, AWS_SESSION_TOKEN: 'session' };
  /** The form of docs.aws.amazon.com/AmazonECR/latest/APIReference/API_GetAuthorizationToken.html, Response Syntax. */
  const ANSWER = {
    authorizationData: [
      {
        authorizationToken: Buffer.from('AWS:eyJwYXlsb2FkIjoi').toString('base64'),
        expiresAt: 1_328_593_985.123,
        proxyEndpoint: `https://${HOST}`,
      },
    ],
  };

  it('gives a password for a signed request to the API of the region', async () => {
    const { found, asked } = await credentialOf(ecr, HOST, ENVIRONMENT, () => ({ body: ANSWER }));
    assert.deepEqual(found, {
      kind: 'found',
      credential: { kind: 'password', username: 'AWS', password: 'eyJwYXlsb2FkIjoi' },
      from: 'AWS_ACCESS_KEY_ID',
      endsAt: 1_328_593_985_123,
    });
    const [{ method, url, headers, body } = { method: '', url: '', headers: {}, body: '' }] = asked;
    assert.deepEqual([method, url, body], ['POST', 'https://api.ecr.us-west-2.amazonaws.com/', '{}']);
    assert.equal(headers['x-amz-target'], 'AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken');
    assert.equal(headers['content-type'], 'application/x-amz-json-1.1');
    assert.equal(headers['x-amz-date'], '20120206T175305Z');
    assert.equal(headers['x-amz-security-token'], 'session');
    assert.match(
      headers['authorization'] ?? '',
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20120206\/us-west-2\/ecr\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature=[0-9a-f]{64}$/,
    );
    assert.ok(!JSON.stringify(asked).includes(SECRET));
  });

  const hosts: readonly (readonly [host: string, api: string | null])[] = [
    ['012345678910.dkr.ecr-fips.us-gov-west-1.amazonaws.com', 'https://ecr-fips.us-gov-west-1.amazonaws.com/'],
    ['012345678910.dkr.ecr.cn-north-1.amazonaws.com.cn', 'https://api.ecr.cn-north-1.amazonaws.com.cn/'],
    ['012345678910.dkr.ecr.us-west-2.amazonaws.com.attacker.example', null],
    ['012345678910.dkr.ecr.attacker.example', null],
    ['012345678910.dkr.ecr.us-west-2.attacker.com', null],
    ['12.dkr.ecr.us-west-2.amazonaws.com', null],
    ['012345678910.dkr.ecr.us-west-2.amazonaws.com:5000', null],
    ['012345678910.dkr.s3.us-west-2.amazonaws.com', null],
    ['public.ecr.aws', null],
  ];
  for (const [host, api] of hosts) {
    it(`${host} ${api === null ? 'is none' : 'has its own API'}`, async () => {
      assert.equal(ecr.serves(host), api !== null);
      const { found, asked } = await credentialOf(ecr, host, ENVIRONMENT, () => ({ body: ANSWER }));
      assert.equal(found.kind, api === null ? 'missing' : 'found');
      assert.equal(asked[0]?.url, api ?? undefined);
    });
  }

  it('is not asked without keys', async () => {
    const { found, asked } = await credentialOf(
      ecr,
      HOST,
      { AWS_ACCESS_KEY_ID: 'x', AWS_SECRET_ACCESS_KEY: '' },
      () => ({}),
    );
    assert.equal(found.kind, 'missing');
    assert.equal(asked.length, 0);
  });

  it('may refuse, or answer something else', async () => {
    const refused = { status: 400, body: { __type: 'UnrecognizedClientException', message: SECRET } };
    await assert.rejects(
      credentialOf(ecr, HOST, ENVIRONMENT, () => refused),
      fails('TOKEN_REFUSED', /found 400$/),
    );
    for (const body of [
      {},
      { authorizationData: [] },
      { authorizationData: [{ authorizationToken: 'bm9jb2xvbg==' }] },
    ]) {
      await assert.rejects(
        credentialOf(ecr, HOST, ENVIRONMENT, () => ({ body })),
        fails('CLOUD_CREDENTIALS_INVALID', /base64 of USER:PASSWORD/),
      );
    }
  });
});

describe('Azure Container Registry', () => {
  const HOST = 'contosoregistry.azurecr.io';
  const TENANT = '409520d4-8100-4d1d-ad47-72432ddcc120';
  const ENVIRONMENT = { AZURE_TENANT_ID: TENANT, AZURE_CLIENT_ID: 'client', AZURE_CLIENT_SECRET: SECRET };

  /**
   * learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow, then Azure/acr docs/AAD-OAuth.md:
   * `POST /oauth2/exchange` answers `{"refresh_token":"eyJ...L7a"}`, `POST /oauth2/token` answers `{"access_token":"eyJ...xcg"}`.
   */
  function azure({ url }: Asked): Answer {
    switch (url) {
      case `https://login.microsoftonline.com/${TENANT}/oauth2/v2.0/token`:
        return { body: { token_type: 'Bearer', expires_in: 3599, access_token: 'eyJ...H-g' } };
      case `https://${HOST}/oauth2/exchange`:
        return { body: '{"refresh_token":"eyJ...L7a"}' };
      case `https://${HOST}/oauth2/token`:
        return { body: '{"access_token":"eyJ...xcg"}' };
      default:
        return { status: 404 };
    }
  }

  it('gives a token for a Microsoft Entra token, exchanged twice', async () => {
    const services = await startServices(azure);
    try {
      const authorizer = createAuthorizer({
        registry: HOST,
        origin: new URL(`https://${HOST}`),
        exchange: services.exchange,
        settings: DEFAULT_SETTINGS,
        access: sourceAccess({ environment: ENVIRONMENT }),
        insecureTokenRealm: false,
      });
      const scope = 'repository:contoso-marketing:pull';
      const challenge = `Bearer realm="https://${HOST}/oauth2/token",service="${HOST}",scope="${scope}"`;
      assert.equal(await authorizer.challenged([challenge], scope, signal, null), true);
      assert.equal(await authorizer.header(scope, signal), 'Bearer eyJ...xcg');
      assert.deepEqual(
        services.asked.map(({ body }) => Object.fromEntries(new URLSearchParams(body))),
        [
          {
            grant_type: 'client_credentials',
            client_id: 'client',
            client_secret: SECRET,
            scope: 'https://containerregistry.azure.net/.default',
          },
          { grant_type: 'access_token', service: HOST, tenant: TENANT, access_token: 'eyJ...H-g' },
          { grant_type: 'refresh_token', service: HOST, scope, client_id: 'plimsoll', refresh_token: 'eyJ...L7a' },
        ],
      );
      const secretsTo = services.asked
        .filter(({ body }) => body.includes(SECRET))
        .map(({ url }) => new URL(url).origin);
      assert.deepEqual(secretsTo, ['https://login.microsoftonline.com']);
    } finally {
      await services.close();
    }
  });

  it('is known by its name alone: azurecr.io', () => {
    for (const [host, serves] of [
      [HOST, true],
      ['contoso-abc123.azurecr.io', true],
      ['azurecr.io', false],
      [`${HOST}.attacker.example`, false],
      ['attacker.example/azurecr.io', false],
      ['a.b.azurecr.io', false],
      [`${HOST}:5000`, false],
      ['xazurecr.io', false],
    ] as const) {
      assert.equal(acr.serves(host), serves, host);
    }
  });

  it('is not asked when a variable is missing', async () => {
    for (const name of Object.keys(ENVIRONMENT)) {
      const { found, asked } = await credentialOf(acr, HOST, { ...ENVIRONMENT, [name]: '' }, azure);
      assert.equal(found.kind, 'missing');
      assert.equal(asked.length, 0);
    }
  });

  it('fails with what is wrong, and no secret', async () => {
    const other = { ...ENVIRONMENT, AZURE_TENANT_ID: '../evil' };
    await assert.rejects(credentialOf(acr, HOST, other, azure), fails('CLOUD_CREDENTIALS_INVALID', /AZURE_TENANT_ID/));
    const denied = { status: 401, body: { error: 'invalid_client', error_description: SECRET } };
    await assert.rejects(
      credentialOf(acr, HOST, ENVIRONMENT, () => denied),
      fails('TOKEN_REFUSED', /login\.microsoftonline\.com.*401$/),
    );
    await assert.rejects(
      credentialOf(acr, HOST, ENVIRONMENT, () => ({ body: {} })),
      fails('CLOUD_CREDENTIALS_INVALID', /access_token, found none/),
    );
    const half = (asked: Asked): Answer =>
      asked.url.endsWith('/exchange') ? { body: { refresh_token: 'a\nb' } } : azure(asked);
    await assert.rejects(
      credentialOf(acr, HOST, ENVIRONMENT, half),
      fails('CLOUD_CREDENTIALS_INVALID', /refresh_token/),
    );
  });
});

describe('Google Artifact Registry', () => {
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const PEM = pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const EMAIL = '761326798069-r5mljlln1rd4lrbhg75efgigp36m78j5@developer.gserviceaccount.com';
  const KEY = {
    type: 'service_account',
    client_email: EMAIL,
    private_key: PEM,
    token_uri: 'https://oauth2.googleapis.com/token',
  };
  /** developers.google.com/identity/protocols/oauth2/service-account, Handling the response. */
  const ANSWER = {
    access_token: '1/8xbJqaOZXSUZbHLl5EOtu1pxz3fmmetKx9W8CV4t79M',
    scope: 'https://www.googleapis.com/auth/prediction',
    token_type: 'Bearer',
    expires_in: 3600,
  };

  let files = 0;
  function environment(key: unknown): Record<string, string> {
    files += 1;
    const path = join(folder, `${files}.json`);
    writeFileSync(path, typeof key === 'string' ? key : JSON.stringify(key));
    return { GOOGLE_APPLICATION_CREDENTIALS: path };
  }

  it('gives a password for a signed assertion', async () => {
    const { found, asked } = await credentialOf(google, 'europe-docker.pkg.dev', environment(KEY), () => ({
      body: ANSWER,
    }));
    assert.equal(found.kind, 'found');
    assert.deepEqual(found.kind === 'found' && found.credential, {
      kind: 'password',
      username: 'oauth2accesstoken',
      password: ANSWER.access_token,
    });
    assert.equal(found.kind === 'found' && found.endsAt, NOW + 3_600_000);
    assert.deepEqual([asked[0]?.method, asked[0]?.url], ['POST', 'https://oauth2.googleapis.com/token']);
    const body = new URLSearchParams(asked[0]?.body);
    assert.equal(body.get('grant_type'), 'urn:ietf:params:oauth:grant-type:jwt-bearer');
    const [header = '', claims = '', signature = ''] = body.get('assertion')?.split('.') ?? [];
    assert.deepEqual(JSON.parse(Buffer.from(claims, 'base64url').toString()), {
      iss: EMAIL,
      scope: 'https://www.googleapis.com/auth/cloud-platform',
      aud: 'https://oauth2.googleapis.com/token',
      exp: 1_328_554_385,
      iat: 1_328_550_785,
    });
    const key = createPublicKey(pair.publicKey.export({ type: 'spki', format: 'pem' }));
    assert.ok(verify('RSA-SHA256', Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, 'base64url')));
  });

  it('writes header and claims as the guide shows them', () => {
    const claims = {
      iss: EMAIL,
      scope: 'https://www.googleapis.com/auth/prediction',
      aud: 'https://www.googleapis.com/oauth2/v4/token',
      exp: 1_328_554_385,
      iat: 1_328_550_785,
    };
    const [header, payload] = signJwt(claims, PEM, 'key').split('.');
    assert.equal(header, 'eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9');
    assert.equal(
      payload,
      'eyJpc3MiOiI3NjEzMjY3OTgwNjktcjVtbGpsbG4xcmQ0bHJiaGc3NWVmZ2lncDM2bTc4ajVAZGV2ZWxvcGVyLmdzZXJ2aWNlYWNjb3VudC5jb20iLCJzY29wZSI6Imh0dHBzOi8vd3d3Lmdvb2dsZWFwaXMuY29tL2F1dGgvcHJlZGljdGlvbiIsImF1ZCI6Imh0dHBzOi8vd3d3Lmdvb2dsZWFwaXMuY29tL29hdXRoMi92NC90b2tlbiIsImV4cCI6MTMyODU1NDM4NSwiaWF0IjoxMzI4NTUwNzg1fQ',
    );
  });

  it('is known by its name alone: pkg.dev and gcr.io', () => {
    for (const [host, serves] of [
      ['us-west1-docker.pkg.dev', true],
      ['gcr.io', true],
      ['eu.gcr.io', true],
      ['docker.pkg.dev', false],
      ['us-docker.pkg.dev.attacker.example', false],
      ['a.b-docker.pkg.dev', false],
      ['xgcr.io', false],
      ['gcr.io:5000', false],
    ] as const) {
      assert.equal(google.serves(host), serves, host);
    }
  });

  it('is not asked without a service account key', async () => {
    for (const given of [{}, environment({ type: 'authorized_user', refresh_token: SECRET })]) {
      const { found, asked } = await credentialOf(google, 'gcr.io', given, () => ({}));
      assert.equal(found.kind, 'missing');
      assert.equal(asked.length, 0);
    }
  });

  it('fails with what is wrong, and no secret', async () => {
    const broken: readonly (readonly [key: unknown, problem: RegExp])[] = [
      [`{"private_key":"${SECRET}`, /expected a JSON object, found something else/],
      [
        { ...KEY, private_key: `-----BEGIN PRIVATE KEY-----\n${SECRET}\n` },
        /private_key: .*expected an RSA key in PEM/,
      ],
      [{ ...KEY, client_email: '' }, /expected client_email/],
      [{ ...KEY, token_uri: 'http://oauth2.googleapis.com/token' }, /an https token_uri/],
    ];
    for (const [key, problem] of broken) {
      await assert.rejects(
        credentialOf(google, 'gcr.io', environment(key), () => ({ body: ANSWER })),
        fails('CLOUD_CREDENTIALS_INVALID', problem),
      );
    }
    const absent = { GOOGLE_APPLICATION_CREDENTIALS: '/nonexistent/key.json' };
    await assert.rejects(
      credentialOf(google, 'gcr.io', absent, () => ({})),
      fails('CLOUD_CREDENTIALS_INVALID', /a file that can be read/),
    );
    await assert.rejects(
      credentialOf(google, 'gcr.io', environment(KEY), () => ({ body: {} })),
      fails('CLOUD_CREDENTIALS_INVALID', /access_token/),
    );
  });
});

describe('clouds', () => {
  const environment = { AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: SECRET };
  const registry = '012345678910.dkr.ecr.us-west-2.amazonaws.com';

  async function askedWith(origin: string, credentialFiles: readonly string[], named = registry): Promise<number> {
    const services = await startServices(() => ({ status: 500 }));
    try {
      const authorizer = createAuthorizer({
        registry: named,
        origin: new URL(origin),
        exchange: services.exchange,
        settings: { ...DEFAULT_SETTINGS, tls: 'none' },
        access: sourceAccess({ environment, credentialFiles }),
        insecureTokenRealm: true,
      });
      await authorizer.challenged(['Basic realm="x"'], 'repository:a:pull', signal, null).catch(() => undefined);
      return services.asked.length;
    } finally {
      await services.close();
    }
  }

  it('are asked when no file has credentials, over https, for registries of their own', async () => {
    const written = join(folder, 'config.json');
    writeFileSync(written, JSON.stringify({ auths: { [registry]: { username: 'u', password: 'p' } } }));
    assert.equal(await askedWith(`https://${registry}`, []), 1);
    assert.equal(await askedWith(`https://${registry}`, [written]), 0);
    assert.equal(await askedWith(`http://${registry}`, []), 0);
    assert.equal(await askedWith('https://registry.example', [], 'registry.example'), 0);
  });
});
