import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { evidence } from '../evidence.ts';
import { type Certificate, makeAuthority } from '../fixtures/certificates.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { startPostgres } from '../fixtures/postgres.ts';
import { pullImage, pushImage } from '../fixtures/pushed-image.ts';
import { startS3 } from '../fixtures/s3.ts';
import { type ServerOptions, startServer, type TestServer } from '../fixtures/server.ts';
import { missing } from '../prerequisites.ts';

evidence('platform/configuration', 'real tool', 'servers with plimsoll.yaml: TLS by openssl, PostgreSQL, an S3 server');

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-configured-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function serverFor(context: TestContext, options: ServerOptions = {}): Promise<TestServer> {
  const server = await startServer(options);
  context.after(async () => await server.stop());
  return server;
}

function homeFor(context: TestContext): ReturnType<typeof temporaryHome> {
  const home = temporaryHome();
  context.after(() => home.remove());
  return home;
}

test('a configuration that is wrong ends the start at once, with the place', async (context) => {
  const home = homeFor(context);
  const file = join(home.folder, 'plimsoll.yaml');
  const CASES: readonly (readonly [text: string, message: RegExp])[] = [
    ['log:\n  levle: info\n', /plimsoll\.yaml, line 2, column 3, log: .*did you mean "level"\?/],
    ['metadata: { postgres: { url: "postgres://a:hunter2@b/c" } }\n', /expected env:NAME or file:\/PATH/],
    ['listeners: [{ address: "0.0.0.0:0" }]\n', /line 1, column 15, listeners > \[0\] > address/],
  ];
  for (const [text, message] of CASES) {
    writeFileSync(file, text);
    const { code, out, err } = await home.plimsoll(['serve']);
    assert.deepEqual([code, out], [2, '']);
    assert.match(err, message);
    assert.doesNotMatch(err, /hunter2/);
  }
  const named = await home.plimsoll(['serve', '--config', '/no/such/file.yaml']);
  assert.equal(named.code, 2);
  assert.match(named.err, /\/no\/such\/file\.yaml: the configuration cannot be read/);
});

test('a secret that is not there ends the start, and names where it was looked for', async (context) => {
  const home = homeFor(context);
  writeFileSync(join(home.folder, 'plimsoll.yaml'), 'metadata: { postgres: { url: env:NO_SUCH_VARIABLE } }\n');
  const { code, err } = await home.plimsoll(['serve'], { PLIMSOLL_LISTEN: '127.0.0.1:0' });
  assert.equal(code, 3);
  assert.match(err, /plimsoll: .*env:NO_SUCH_VARIABLE: the secret is not there/);
});

test('a data folder that cannot be made is said', async (context) => {
  const home = homeFor(context);
  writeFileSync(join(home.folder, 'file'), '');
  const { code, err } = await home.plimsoll(['serve'], { PLIMSOLL_HOME: join(home.folder, 'file/home') });
  assert.equal(code, 3);
  assert.match(err, /file\/home: the data folder cannot be made/);
});

test('two servers may share a data folder: what is pushed to one is pulled from the other', async (context) => {
  const one = await serverFor(context);
  const two = await serverFor(context, { home: one.home });
  assert.throws(() => two.admin);
  const image = await pushImage(one, one.admin, 'team/app', 'v1');
  await pullImage(two, one.admin, image);
  await pullImage(one, one.admin, await pushImage(two, one.admin, 'team/app', 'v2'));
});

test('roles: a registry without an API, and a worker without a listener', async (context) => {
  const registry = await serverFor(context, { args: ['--role', 'registry'] });
  assert.equal((await registry.request('/v2/')).status, 401);
  assert.equal((await registry.request('/api/v1/me')).status, 404);
  assert.equal((await registry.request('/readyz')).status, 200);
  assert.equal(registry.processId('worker'), null);
  // The port of the registry is none of the worker's business.
  const worker = await serverFor(context, { home: registry.home, args: ['--role', 'worker'], listen: registry.host });
  assert.deepEqual([worker.urls, worker.processId('front')], [[], null]);
  assert.notEqual(worker.processId('worker'), null);
  await pushImage(registry, registry.admin, 'team/app', 'v1');
});

test('with TLS: a listener for each service, metrics apart, admission only for whom its authority knows', {
  skip: missing('openssl'),
}, async (context) => {
  const authority = makeAuthority(join(folder, 'authority'));
  const { certificateFile, keyFile } = authority.issue('server', '127.0.0.1');
  const client = authority.issue('client', 'apiserver');
  const tls = `certificate: ${certificateFile}, key: ${keyFile}`;
  const server = await serverFor(context, {
    listen: null,
    config: `
listeners:
  - { address: 127.0.0.1:0, serves: [registry], tls: { ${tls} } }
  - { address: 127.0.0.1:0, serves: [api], tls: { ${tls} } }
  - { address: 127.0.0.1:0, serves: [metrics] }
  - { address: 127.0.0.1:0, serves: [admission], tls: { ${tls}, clientCa: ${authority.certificateFile} } }
`,
  });
  const ca = readFileSync(authority.certificateFile, 'utf8');
  const status = async (at: number, path: string, as?: Certificate): Promise<number | string> =>
    await ask(`${server.urls[at]}${path}`, ca, as);
  assert.deepEqual(
    server.urls.map((url) => url.split('/', 1)[0]),
    ['https:', 'https:', 'http:', 'https:'],
  );
  assert.equal(await status(0, '/v2/'), 401);
  assert.equal(await status(0, '/api/v1/me'), 404);
  assert.equal(await status(0, '/metrics'), 404);
  assert.equal(await status(0, '/admission/validate'), 404);
  assert.equal(await status(1, '/api/v1/me'), 401);
  assert.equal(await status(1, '/v2/'), 404);
  assert.equal(await status(1, '/metrics'), 404);
  assert.equal((await fetch(`${server.urls[2]}/metrics`)).status, 200);
  assert.equal((await fetch(`${server.urls[2]}/v2/`)).status, 404);
  assert.equal(await status(3, '/admission/validate', client), 503);
  assert.match(String(await status(3, '/admission/validate')), /CERTIFICATE_REQUIRED|ECONNRESET|socket hang up/);
});

test('PostgreSQL and S3: serves from both, is backed up, and comes back on files, and from there again', {
  skip: missing('postgresql', 'go'),
}, async (context) => {
  const postgres = await startPostgres();
  context.after(async () => await postgres.stop());
  const s3 = await startS3();
  context.after(async () => await s3.stop());
  const config = (prefix: string): string => `
metadata: { postgres: { url: env:TEST_DATABASE } }
blobs:
  s3:
    endpoint: ${s3.endpoint}
    bucket: ${s3.bucket}
    region: ${s3.region}
    prefix: ${prefix}/
    credentials: { accessKeyId: env:TEST_S3_ID, secretAccessKey: env:TEST_S3_SECRET }
    redirect: true
`;
  const secrets = { TEST_S3_ID: s3.accessKeyId, TEST_S3_SECRET: s3.secretAccessKey };
  const env = { ...secrets, TEST_DATABASE: await postgres.createDatabase() };
  const server = await serverFor(context, { config: config('first'), env });
  const { admin } = server;
  const image = await pushImage(server, admin, 'team/app', 'v1');
  const redirected = await server.request(`/v2/team/app/blobs/${image.layer}`, { as: admin });
  assert.equal(redirected.status, 307);
  assert.ok(redirected.headers.get('location')?.startsWith(s3.endpoint));

  const home = homeFor(context);
  const backup = join(folder, 'from-postgres');
  const taken = await home.plimsoll(['backup', backup], { PLIMSOLL_HOME: server.home, ...env });
  assert.equal(taken.code, 0, taken.err);
  const moved = await home.plimsoll(['restore', backup]);
  assert.equal(moved.code, 0, moved.err);
  const files = await serverFor(context, { home: home.folder });
  await pullImage(files, admin, image);
  const later = await pushImage(files, admin, 'team/app', 'v2');

  const second = join(folder, 'from-files');
  assert.equal((await home.plimsoll(['backup', second])).code, 0);
  const other = homeFor(context);
  writeFileSync(join(other.folder, 'plimsoll.yaml'), config('second').replace('redirect: true', 'redirect: false'));
  const again = { ...secrets, TEST_DATABASE: await postgres.createDatabase() };
  const back = await other.plimsoll(['restore', second], again);
  assert.equal(back.code, 0, back.err);
  const last = await serverFor(context, { home: other.folder, env: again });
  await pullImage(last, admin, image);
  await pullImage(last, admin, later);
  await pushImage(last, admin, 'team/new', 'v3');
});

/** The status, or what is wrong with the connection. */
async function ask(url: string, ca: string, as?: Certificate): Promise<number | string> {
  return await new Promise((resolve) => {
    const asked = request(url, { ca, agent: false, ...(as !== undefined && { cert: as.certificate, key: as.key }) });
    asked.on('response', (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    asked.on('error', (error: NodeJS.ErrnoException) => resolve(`${error.code} ${error.message}`));
    asked.end();
  });
}
