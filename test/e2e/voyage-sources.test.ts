import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, type TestContext, test } from 'node:test';
import type { Report } from '#model/report.ts';
import { evidence } from '../evidence.ts';
import { startContainerd } from '../fixtures/containerd.ts';
import { type DockerRegistry, type RegistryOptions, startRegistry, writeLogin } from '../fixtures/docker-registry.ts';
import { type Home, type Outcome, temporaryHome } from '../fixtures/plimsoll.ts';
import { type PodmanService, startPodmanService } from '../fixtures/podman-service.ts';
import { withoutPlace, withoutStorage } from '../fixtures/same-report.ts';
import type { VoyageImage } from '../fixtures/voyage-image.ts';
import { buildVoyageImage } from '../fixtures/voyage-image.ts';
import { wholeLog } from '../fixtures/whole-log.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'oci/registry',
  'real tool',
  'an image of real packages in docker-registry, as from its layout, by the command line',
);
evidence('images/podman', 'real tool', 'an image of real packages in podman system service, as from its layout');
evidence('images/docker', 'real tool', 'an image of real packages behind the Docker API that podman serves');
evidence('images/containerd', 'real tool', 'an image of real packages that ctr imported, as from its layout');
evidence('scan/isolation', 'real tool', 'an image of real packages: the same bytes of JSON with --isolate');

const skip = missing('shared-data', 'apt', 'python', 'gnu-tar', 'skopeo');
const skipRegistry = skip || missing('docker-registry', 'openssl');
const skipPodman = skip || missing('podman', 'root');
const skipContainerd = skip || missing('containerd', 'root');

type Env = Readonly<Record<string, string>>;

/** The home of the scan of the layout: the others start with its advisories and nothing else. */
const home = temporaryHome();
let image: VoyageImage;
let plain: string;
let report: Report;

before(async () => {
  if (skip === false) {
    image = await buildVoyageImage();
    plain = (await home.plimsoll(['scan', '-o', 'json', `oci:${image.layout}:voyage`])).out;
    report = JSON.parse(plain) as Report;
    assert.equal(report.content, 'read');
    assert.ok(report.findings.length >= 20, `expected at least 20 findings, found ${report.findings.length}`);
  }
});
after(() => {
  image?.remove();
  home.remove();
});

/** No layer has been read here; the advisories are those of `home`, looked at at the same time. */
function freshHome(context: TestContext): Home {
  const fresh = temporaryHome();
  context.after(() => fresh.remove());
  cpSync(join(home.folder, 'advisories'), join(fresh.folder, 'advisories'), { recursive: true });
  return fresh;
}

/** Nobody is logged in anywhere, and no daemon is at its usual place, whatever this machine has. */
function emptyEnv(folder: string): Env {
  const absent = join(folder, 'absent');
  return {
    HOME: absent,
    XDG_CONFIG_HOME: absent,
    XDG_RUNTIME_DIR: absent,
    REGISTRY_AUTH_FILE: '',
    DOCKER_CONFIG: '',
    PLIMSOLL_REGISTRIES: '',
  };
}

async function scan(where: Home, reference: string, env: Env, ...args: readonly string[]): Promise<Report> {
  const { code, out, err } = await where.plimsoll(['scan', '-o', 'json', ...args, reference], {
    ...emptyEnv(where.folder),
    ...env,
  });
  assert.deepEqual({ code, err }, { code: 0, err: '' }, reference);
  return JSON.parse(out) as Report;
}

/** First with every layer read, then with none. */
async function assertSame(
  where: Home,
  reference: string,
  env: Env,
  same: { readonly source: string; readonly kept: (report: Report) => unknown },
): Promise<void> {
  for (const content of ['read', 'cached']) {
    const found = await scan(where, reference, env);
    assert.deepEqual(
      { reference: found.image.reference, source: found.image.source, content: found.content },
      { reference, source: same.source, content },
    );
    assert.deepEqual(same.kept(found), same.kept(report), `${reference} ${content}`);
  }
}

async function filledRegistry(context: TestContext, options: RegistryOptions = {}): Promise<DockerRegistry> {
  const registry = await startRegistry(options);
  context.after(() => registry.stop());
  await registry.push(`${image.layout}:voyage`, 'voyage:1');
  return registry;
}

const asManifest = { source: 'registry', kept: withoutPlace };

const REGISTRIES: readonly (readonly [
  what: string,
  options: RegistryOptions,
  env: (registry: DockerRegistry) => Env,
])[] = [
  ['without authentication', {}, () => ({})],
  ['with passwords', { auth: 'basic' }, ({ dockerConfig }) => ({ DOCKER_CONFIG: dockerConfig })],
  [
    'with a token service',
    { auth: 'token' },
    ({ dockerConfig, registriesFile }) => ({ DOCKER_CONFIG: dockerConfig, PLIMSOLL_REGISTRIES: registriesFile }),
  ],
  [
    'over TLS with a private authority',
    { tls: true },
    ({ registriesFile }) => ({ PLIMSOLL_REGISTRIES: registriesFile }),
  ],
  [
    'with passwords over TLS',
    { auth: 'basic', tls: true },
    ({ dockerConfig, registriesFile }) => ({ DOCKER_CONFIG: dockerConfig, PLIMSOLL_REGISTRIES: registriesFile }),
  ],
];

for (const [what, options, envOf] of REGISTRIES) {
  test(`the voyage image out of a registry ${what} is as out of its layout`, {
    skip: skipRegistry,
  }, async (context) => {
    const registry = await filledRegistry(context, options);
    const env = envOf(registry);
    await assertSame(freshHome(context), `${registry.host}/voyage:1`, env, asManifest);
    const digest = `${registry.host}/voyage@${report.image.digest}`;
    const byDigest = freshHome(context);
    await assertSame(byDigest, digest, env, asManifest);
    assert.deepEqual(withoutPlace(await scan(byDigest, digest, env, '--isolate')), withoutPlace(report));
  });
}

test('what is known of a registry needs no network by digest, and one request for a manifest by tag', {
  skip: skipRegistry,
}, async (context) => {
  const registry = await filledRegistry(context);
  const [tag, digest] = [`${registry.host}/voyage:1`, `${registry.host}/voyage@${report.image.digest}`];
  const where = freshHome(context);
  await scan(where, tag, {});
  const first = await requests(registry);
  assert.equal((await scan(where, tag, {})).content, 'cached');
  const second = await requests(registry);
  assert.deepEqual(second.slice(first.length), ['HEAD /v2/voyage/manifests/1']);
  await registry.stop();
  for (const args of [[], ['--offline']]) {
    const found = await scan(where, digest, {}, ...args);
    assert.equal(found.content, 'cached');
    assert.deepEqual(withoutPlace(found), withoutPlace(report));
  }
  assertFailure(await scanFailing(where, tag, {}, '--offline'), [registry.host, 'tag 1', '--offline', '@sha256:']);
  assertFailure(await scanFailing(freshHome(context), digest, {}, '--offline'), [
    registry.host,
    'not kept',
    '--offline',
  ]);
});

/** Those for something in a repository, as the registry logs them. */
async function requests(registry: DockerRegistry): Promise<readonly string[]> {
  return (await wholeLog(registry))
    .split('\n')
    .flatMap((line) => line.split('"').slice(1, 2))
    .filter((request) => request.includes(' /v2/voyage/'))
    .map((request) => request.replace(' HTTP/1.1', ''));
}

async function scanFailing(where: Home, reference: string, env: Env, ...args: readonly string[]): Promise<Outcome> {
  return await where.plimsoll(['scan', ...args, reference], { ...emptyEnv(where.folder), ...env });
}

/** Exit code 3, nothing on standard output, and on standard error a message and what to do about it, without a stack. */
function assertFailure({ code, out, err }: Outcome, texts: readonly string[]): void {
  assert.deepEqual({ code, out }, { code: 3, out: '' }, err);
  assert.match(err, /^plimsoll: [^\n]+\n {2}[A-Z][^\n]+\.\n$/);
  for (const text of texts) {
    assert.ok(err.includes(text), `${text} is missing in ${err}`);
  }
}

test('a registry that lets nobody in is named, with the credentials that it refused and what to do', {
  skip: skipRegistry,
}, async (context) => {
  const where = freshHome(context);
  for (const auth of ['basic', 'token'] as const) {
    const registry = await filledRegistry(context, { auth });
    const { host, username, registriesFile } = registry;
    const reference = `${host}/voyage:1`;
    const folder = join(where.folder, auth);
    const wrong = writeLogin(folder, host, { username, password: 'wrong horse' });
    const env = { PLIMSOLL_REGISTRIES: registriesFile, DOCKER_CONFIG: wrong };
    const refused = await scanFailing(where, reference, env);
    assertFailure(refused, ['401', host, join(wrong, 'config.json'), 'does not accept', `docker login ${host}`]);
    assert.ok(!refused.err.includes('wrong horse'));
    const nobody = await scanFailing(where, reference, { PLIMSOLL_REGISTRIES: registriesFile });
    assertFailure(nobody, ['401', host, `No credentials for ${host}`, 'docker login']);
  }
});

test('an image that is not there, a registry that is not there, and one that nobody vouches for are named', {
  skip: skipRegistry,
}, async (context) => {
  const [registry, tls] = [await filledRegistry(context), await filledRegistry(context, { tls: true })];
  const where = freshHome(context);
  assertFailure(await scanFailing(where, `${registry.host}/voyage:2`, {}), [
    `${registry.host}/voyage`,
    'no image',
    '404',
  ]);
  assertFailure(await scanFailing(where, `${registry.host}/absent`, {}), [`${registry.host}/absent`, 'latest', '404']);
  assertFailure(await scanFailing(where, `${tls.host}/voyage:1`, {}), [tls.host, 'certificate', 'registries file']);
  await registry.stop();
  assertFailure(await scanFailing(where, `${registry.host}/voyage:1`, {}), [
    registry.host,
    'connection failed',
    'is running',
  ]);
});

test('the voyage image out of podman, through both of its names, is as out of its layout', {
  skip: skipPodman,
}, async (context) => {
  const archive = ociArchive(context);
  const podman = await podmanService(context);
  podman.load(archive, 'localhost/voyage:1');
  const url = `unix://${podman.socket}`;
  for (const [reference, source, env] of [
    ['podman:voyage:1', 'podman', { CONTAINER_HOST: url }],
    ['docker:localhost/voyage:1', 'docker', { DOCKER_HOST: url }],
    [`docker:${report.image.id?.slice(7, 19)}`, 'docker', { DOCKER_HOST: url }],
  ] as const) {
    await assertSame(freshHome(context), reference, env, { source, kept: withoutStorage });
  }
  const absent = await scanFailing(freshHome(context), 'podman:absent:1', { CONTAINER_HOST: url });
  assertFailure(absent, [podman.socket, 'no such image', 'absent:1', 'podman pull']);
});

test('the voyage image out of containerd is as out of its layout', { skip: skipContainerd }, async (context) => {
  const containerd = await startContainerd();
  context.after(() => containerd.stop());
  containerd.import(ociArchive(context), 'docker.io/library/voyage:1');
  const { socket, namespace } = containerd;
  const env = { CONTAINERD_ADDRESS: socket, CONTAINERD_NAMESPACE: namespace };
  const same = { source: 'containerd', kept: withoutPlace };
  await assertSame(freshHome(context), 'containerd:voyage:1', env, same);
  await assertSame(freshHome(context), `containerd:docker.io/library/voyage:1@${report.image.digest}`, env, same);
  const elsewhere = await scanFailing(freshHome(context), 'containerd:voyage:1', { CONTAINERD_ADDRESS: socket });
  assertFailure(elsewhere, [socket, 'no such image', `CONTAINERD_NAMESPACE=${namespace}`]);
  const absent = await scanFailing(freshHome(context), 'containerd:voyage:2', env);
  assertFailure(absent, [socket, 'no such image', 'docker.io/library/voyage:2', namespace]);
});

async function podmanService(context: TestContext): Promise<PodmanService> {
  const service = await startPodmanService();
  context.after(() => service.stop());
  return service;
}

function ociArchive(context: TestContext): string {
  const folder = join(freshHome(context).folder, 'archive');
  mkdirSync(folder);
  const archive = join(folder, 'voyage.tar');
  execFileSync('skopeo', [
    '--insecure-policy',
    'copy',
    '--quiet',
    `oci:${image.layout}:voyage`,
    `oci-archive:${archive}:voyage`,
  ]);
  return archive;
}

test('a daemon that is not there is named, with its socket and how to start it', { skip }, async (context) => {
  const where = freshHome(context);
  const socket = join(where.folder, 'nobody.sock');
  for (const [reference, name, variable, value] of [
    ['docker:voyage:1', 'Docker is not running', 'DOCKER_HOST', `unix://${socket}`],
    ['podman:voyage:1', 'podman is not running', 'CONTAINER_HOST', `unix://${socket}`],
    ['containerd:voyage:1', 'containerd is not running', 'CONTAINERD_ADDRESS', socket],
  ] as const) {
    const outcome = await scanFailing(where, reference, { [variable]: value });
    assertFailure(outcome, [name, `nobody at ${socket}`, 'systemctl', variable]);
  }
  const remote = await scanFailing(where, 'docker:voyage:1', { DOCKER_HOST: 'tcp://127.0.0.1:2375' });
  assertFailure(remote, ['Docker', 'unix socket', 'DOCKER_HOST']);
});

test('the voyage image with --isolate gives the same bytes', { skip }, async (context) => {
  const where = freshHome(context);
  for (const content of ['read', 'cached']) {
    const { code, out, err } = await where.plimsoll(['scan', '--isolate', '-o', 'json', `oci:${image.layout}:voyage`]);
    assert.deepEqual({ code, err }, { code: 0, err: '' });
    assert.equal(out.replace(`"content": "${content}"`, '"content": "read"'), plain);
  }
});
