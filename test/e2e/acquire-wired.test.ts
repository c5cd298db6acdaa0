import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { type Digest, digestOf } from '#base/digest.ts';
import { evidence } from '../evidence.ts';
import { MEDIA_TYPES } from '../fixtures/oci-layout.ts';
import { type Home, temporaryHome } from '../fixtures/plimsoll.ts';
import { pushBlob } from '../fixtures/push-image.ts';
import { basic, startServer, type TestServer } from '../fixtures/server.ts';
import { until } from '../fixtures/story-world.ts';
import { tarOf } from '../fixtures/tar-archive.ts';
import { zipArchive } from '../fixtures/zip-archive.ts';

evidence(
  'acquire/story',
  'self-made',
  'plimsoll serve takes images from another plimsoll serve: by request, by a first pull, by schedule, and flags them for an advisory',
);

/** `musl` of every version is critical in it once it is there. */
const LATER = 'CVE-2026-4712';
const POLICIES = `apiVersion: plimsoll.dev/v1
kind: Policy
metadata: { name: nothing-critical, title: Nothing that is critical }
validations:
  - name: none
    expression: findings.all(f, f.severity < severity('critical'))
    message: something critical is known of it
  - name: not-root
    expression: image.user != 'root'
    message: it runs as root
---
apiVersion: plimsoll.dev/v1
kind: Environment
metadata: { name: shop }
policies: [{ policy: nothing-critical }]
grace: 24h
`;

let folder = '';
let upstream: TestServer;
let server: TestServer;
let home: Home;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'plimsoll-wired-'));
  home = temporaryHome();
  mkdirSync(join(folder, 'advisories/Alpine'), { recursive: true });
  advise('CVE-2026-1', 'elsewhere');
  upstream = await startServer({ config: 'access:\n  anonymousPull: ["vendor/*"]\n' });
  server = await startServer({ config: `advisories:\n  source: ${folder}/advisories\n  every: 1s\n` });
  const { name, secret } = server.admin;
  const login = await run(['login', server.url, '-u', name, '--password-stdin'], `${secret}\n`);
  assert.equal(login.code, 0, login.err);
  await apply(POLICIES + source('hold', ''));
});
after(async () => {
  await server?.stop();
  await upstream?.stop();
  home?.remove();
  rmSync(folder, { recursive: true, force: true });
});

function source(mode: string, every: string): string {
  return `---
apiVersion: plimsoll.dev/v1
kind: Source
metadata: { name: vendor }
acquire:
  registry: ${upstream.host}
  repositories: ["vendor/*"]
  tags: [{ matches: "[0-9.]+" }]
  into: mirror
  network: loopback
  tls: none
  environment: shop
  firstPull: { mode: ${mode} }
${every}`;
}

function advise(...[id, name]: readonly [string, string]): void {
  const record = (each: string, of: string): { readonly name: string; readonly content: string } => ({
    name: `${each}.json`,
    content: JSON.stringify({
      id: each,
      modified: new Date().toISOString(),
      severity: [{ type: 'CVSS_V3', score: 'CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H' }],
      affected: [
        {
          package: { ecosystem: 'Alpine:v3.20', name: of },
          ranges: [{ type: 'ECOSYSTEM', events: [{ introduced: '0' }] }],
        },
      ],
    }),
  });
  const records = [record('CVE-2026-1', 'elsewhere'), ...(id === 'CVE-2026-1' ? [] : [record(id, name)])];
  writeFileSync(join(folder, 'advisories/Alpine/all.zip'), zipArchive(records));
}

async function run(args: readonly string[], input?: string): ReturnType<Home['plimsoll']> {
  return await home.plimsoll(args, { XDG_CONFIG_HOME: folder, DOCKER_CONFIG: folder, PLIMSOLL_SERVER: '' }, input);
}

async function apply(text: string): Promise<void> {
  const file = join(folder, 'documents.yaml');
  writeFileSync(file, text);
  const { code, out, err } = await run(['apply', file]);
  assert.equal(code, 0, out + err);
}

/** A small Alpine, approved upstream, where anybody may pull it. */
async function publish(repository: string, tag: string, user: string): Promise<Digest> {
  const login = { authorization: basic(upstream.admin) };
  const base = `${upstream.url}/v2/${repository}`;
  const layer = tarOf([
    { name: 'etc/os-release', content: 'ID=alpine\nVERSION_ID=3.20.0\n' },
    { name: 'lib/apk/db/installed', content: 'P:musl\nV:1.2.5-r1\nA:x86_64\nL:MIT\no:musl\n\n' },
    { name: 'srv/name', content: repository },
  ]);
  const rootfs = { type: 'layers', diff_ids: [digestOf(layer)] };
  const config = Buffer.from(JSON.stringify({ os: 'linux', architecture: 'amd64', config: { User: user }, rootfs }));
  for (const bytes of [layer, config]) {
    await pushBlob(base, login, bytes);
  }
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPES.manifest,
      config: { mediaType: MEDIA_TYPES.config, digest: digestOf(config), size: config.length },
      layers: [{ mediaType: MEDIA_TYPES.layer, digest: digestOf(layer), size: layer.length }],
    }),
  );
  const digest = digestOf(manifest);
  const put = await fetch(`${base}/manifests/${tag}`, {
    method: 'PUT',
    headers: { ...login, 'content-type': MEDIA_TYPES.manifest },
    body: new Uint8Array(manifest),
  });
  assert.equal(put.status, 201, await put.text());
  const path = `/api/v1/repositories/${repository}/manifests/${digest}/state`;
  await upstream.api('POST', path, { state: 'approved', reason: 'for a test' }).catch(async (error: unknown) => {
    // Nobody approves what they pushed.
    assert.match(String(error), /STATE_OWN_WORK/);
    const other = await upstream.user(`approver-${repository.replaceAll('/', '-')}`, [
      { role: 'approver', scope: '*' },
    ]);
    const approved = await upstream.request(path, {
      method: 'POST',
      as: other,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ state: 'approved', reason: 'for a test' }),
    });
    assert.ok(approved.ok, await approved.text());
  });
  return digest;
}

async function pull(repository: string, tag: string): Promise<Response> {
  const puller = await pullerOf();
  return await server.request(`/v2/${repository}/manifests/${tag}`, {
    as: puller,
    headers: { accept: MEDIA_TYPES.manifest },
  });
}

let puller: Awaited<ReturnType<TestServer['robot']>> | null = null;
async function pullerOf(): Promise<NonNullable<typeof puller>> {
  puller ??= await server.robot('shop', [{ role: 'deployer', scope: 'mirror/*', environment: 'shop' }], 'shop');
  return puller;
}

test('an image that is asked for is taken, judged and served', async () => {
  const digest = await publish('vendor/asked', '1.0', 'app');
  const { code, out, err } = await run(['acquire', `${upstream.host}/vendor/asked:1.0`, '--wait']);
  assert.equal(code, 0, out + err);
  const served = await pull('mirror/vendor/asked', '1.0');
  assert.deepEqual([served.status, served.headers.get('docker-content-digest')], [200, digest]);
});

test('the first pull of an image has it taken, and waits for what comes of it', async () => {
  await publish('vendor/pulled', '1.0', 'app');
  await until('the image to be served', async () => (await pull('mirror/vendor/pulled', '1.0')).status === 200);
  await publish('vendor/root', '1.0', 'root');
  const refused = await until('the image to be refused', async () => {
    const answer = await pull('mirror/vendor/root', '1.0');
    assert.notEqual(answer.status, 200);
    return answer.status === 403 ? answer : null;
  });
  assert.match(await refused.text(), /runs as root/);
});

test('an image of a source with a schedule comes by itself', async () => {
  await publish('vendor/scheduled', '1.0', 'app');
  const list = await run(['acquire', `${upstream.host}/vendor/scheduled:1.0`, '--wait']);
  assert.equal(list.code, 0, list.out + list.err);
  await publish('vendor/scheduled', '1.1', 'app');
  await apply(POLICIES + source('off', '  every: 1m\n'));
  await until('the second tag to be served', async () => (await pull('mirror/vendor/scheduled', '1.1')).status === 200);
});

test('an advisory flags an image that is served, and nobody pulled anything', async () => {
  advise(LATER, 'musl');
  await until('the image to be flagged', async () => {
    const page = (await server.api('GET', '/api/v1/catalog?outcome=warned&environment=shop')) as {
      readonly items: readonly unknown[];
    };
    return page.items.length > 0;
  });
  const served = await pull('mirror/vendor/asked', '1.0');
  assert.equal(served.status, 200, 'it goes on being served for its grace');
  assert.match(served.headers.get('warning') ?? '', /^299 /);
});
