import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { type Ask, apiClient } from '#test/fixtures/api-client.ts';
import { type ApiServer, type Login, startApiServer } from '#test/fixtures/api-server.ts';
import { cataloguedImage } from '#test/fixtures/catalogued-image.ts';

evidence('access/api', 'self-made', 'every paged route, one item at a time, by who may see some of it');

const LODASH = 'pkg:npm/lodash@4.17.20';
const FINDING = { purl: LODASH, id: 'GHSA-1', aliases: ['CVE-2024-1000'], severity: 'high', fixedIn: null } as const;
/** Each begins as one that may be seen, and is between two of them. */
const SEEN = ['team/app', 'team/app2', 'team/app3'];
const HIDDEN = ['team/app-secret', 'team/app/secret', 'team/app2-secret', 'team/app9-secret', 'z/secret'];

let server: ApiServer;
let ask: Ask;
let viewer: Login;
before(async () => {
  server = await startApiServer();
  ask = apiClient(server);
  const body = {
    name: 'viewer',
    password: 'correct horse battery',
    grants: [...SEEN, 'squad/*'].map((scope) => ({ role: 'admin', scope })),
  };
  assert.equal((await ask('POST', '/users', server.admin, body)).status, 201);
  viewer = { name: body.name, secret: body.password };
  for (const [index, repository] of [...SEEN, ...HIDDEN].entries()) {
    await cataloguedImage(server, { repository, packages: [LODASH], findings: [FINDING] });
    await acquired(repository, index);
    await ask('POST', '/exceptions', server.admin, exceptionFor(repository));
    // Whoever administers a project does not administer a robot that may do more than is in it.
    const grants = [{ role: 'viewer', scope: SEEN.includes(repository) ? 'squad/app' : repository }];
    const robot = { name: repository.replaceAll('/', '.'), project: 'squad', grants, expiresIn: 3600 };
    assert.equal((await ask('POST', '/robots', server.admin, robot)).status, 201);
  }
});
after(async () => await server.stop());

async function acquired(name: string, index: number): Promise<void> {
  const now = server.now();
  const progress = { manifests: 0, manifestsDone: 0, blobs: 0, blobsDone: 0, bytes: 0, bytesDone: 0 };
  await server.store.transaction(async (records) => {
    const repository = await records.repositories.ensure(name, now);
    await records.acquisitions.begin({
      id: `${name.includes('secret') ? 'secret' : 'plain'}-${index}`,
      repository,
      source: 'hub',
      upstream: 'docker.io/x',
      reference: 'latest',
      digest: null,
      state: 'waiting',
      reason: '',
      progress,
      requestedBy: 'user:x',
      requestedAt: now,
      updatedAt: now,
      finishedAt: null,
      version: 1,
    });
  });
}

function exceptionFor(repository: string) {
  return {
    name: repository.replaceAll('/', '.'),
    repositories: [repository],
    packages: ['pkg:npm/lodash'],
    findings: ['GHSA-1'],
    reason: 'not reachable',
    owner: 'team',
    ticket: 'SEC-1',
    expiresIn: 10 * 24 * 60 * 60,
  };
}

describe('a page', () => {
  for (const [path, count] of [
    ['/repositories', SEEN.length],
    ['/catalog', SEEN.length],
    ['/catalog?order=newest', SEEN.length],
    ['/catalog?finding=GHSA-1', SEEN.length],
    ['/where?package=lodash', SEEN.length],
    ['/where?finding=CVE-2024-1000', SEEN.length],
    ['/acquisitions', SEEN.length],
    ['/exceptions', SEEN.length],
    ['/robots', SEEN.length],
  ] as const) {
    it(`of ${path} names nothing that is hidden, and goes on after what is`, async () => {
      let found = 0;
      for (let next: string | null = ''; next !== null; ) {
        const query: string = `limit=1${next === '' ? '' : `&after=${encodeURIComponent(next)}`}`;
        const { status, json } = await ask('GET', `${path}${path.includes('?') ? '&' : '?'}${query}`, viewer);
        const text = JSON.stringify(json);
        assert.equal(status, 200, text);
        assert.ok(!text.includes('secret'), text);
        const page = json as { items: readonly unknown[]; next: string | null };
        found += page.items.length;
        next = page.next;
      }
      assert.equal(found, count);
    });
  }

  it('says nothing of an exception that is hidden, but that the name is taken', async () => {
    const wish = { ...exceptionFor('team/app'), name: 'z.secret' };
    const { status, json } = await ask('POST', '/exceptions', viewer, wish);
    assert.deepEqual([status, (json as { code: string }).code], [409, 'EXCEPTION_NAME_TAKEN']);
    assert.doesNotMatch(JSON.stringify(json), /pending|approved/);
  });
});
