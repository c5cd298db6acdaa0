import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Digest } from '#base/digest.ts';
import type { PackageFinding } from '#model/platform/judgement.ts';
import { evidence } from '#test/evidence.ts';
import { type Ask, apiClient, refusedWith } from '#test/fixtures/api-client.ts';
import { type ApiServer, type Login, startApiServer } from '#test/fixtures/api-server.ts';
import { cataloguedImage } from '#test/fixtures/catalogued-image.ts';

evidence(
  'access/api',
  'self-made',
  'searches, packages, findings and decisions over SQLite, by who may read and who may not',
);

const OPENSSL = 'pkg:deb/debian/openssl@3.0.11?arch=amd64&distro=debian-12';
const ALPINE = 'pkg:apk/alpine/openssl@3.1.0?arch=x86_64&distro=alpine-3.18';
const LODASH = 'pkg:npm/lodash@4.17.20';
const BROKEN: PackageFinding = {
  purl: OPENSSL,
  id: 'DSA-5000-1',
  aliases: ['CVE-2024-1000'],
  severity: 'critical',
  fixedIn: '3.0.12',
};
const POLLUTED: PackageFinding = { purl: LODASH, id: 'GHSA-1', aliases: [], severity: 'high', fixedIn: null };

let server: ApiServer;
let ask: Ask;
let viewer: Login;
let stranger: Login;
let shop: Digest;
let hidden: Digest;
before(async () => {
  server = await startApiServer();
  ask = apiClient(server);
  viewer = await server.user('viewer', 'viewer', 'team/*');
  stranger = await server.user('stranger', 'viewer', 'other/*');
  shop = await cataloguedImage(server, {
    repository: 'team/shop',
    tag: '1.2',
    packages: [OPENSSL, LODASH],
    findings: [BROKEN, POLLUTED],
    judgements: [{ environment: 'production', outcome: 'refused', reason: 'a critical finding' }],
    usedAt: 'cluster-a',
  });
  await cataloguedImage(server, {
    repository: 'team/clean',
    tag: '1.0',
    packages: [ALPINE],
    judgements: [{ environment: 'production', outcome: 'admitted', reason: '' }],
  });
  hidden = await cataloguedImage(server, {
    repository: 'team2/secret',
    packages: [OPENSSL],
    findings: [BROKEN],
    usedAt: 'cluster-b',
  });
});
after(async () => await server.stop());

interface Page {
  readonly items: readonly (Readonly<Record<string, unknown>> & { readonly repository: string })[];
  readonly next: string | null;
}

async function names(path: string, as = viewer): Promise<readonly string[]> {
  const { status, json } = await ask('GET', path, as);
  assert.equal(status, 200, JSON.stringify(json));
  return (json as Page).items.map(({ repository }) => repository);
}

describe('the catalogue', () => {
  it('is searched by everything that is known of images', async () => {
    const cases: readonly (readonly [query: string, repositories: readonly string[]])[] = [
      ['', ['team/clean', 'team/shop']],
      ['?text=sho', ['team/shop']],
      ['?state=approved', []],
      ['?environment=production&outcome=refused', ['team/shop']],
      ['?outcome=admitted', ['team/clean']],
      ['?package=pkg:deb/debian/openssl', ['team/shop']],
      ['?finding=CVE-2024-1000', ['team/shop']],
      ['?finding=DSA-5000-1', ['team/shop']],
      ['?severity=high', ['team/shop']],
      ['?inUse=true', ['team/shop']],
      ['?inUse=false', ['team/clean']],
      ['?owner=nobody', []],
    ];
    for (const [query, repositories] of cases) {
      assert.deepEqual(await names(`/catalog${query}`), repositories, query);
    }
    refusedWith(await ask('GET', '/catalog?state=gone', viewer), 400, 'API_REQUEST_INVALID');
    refusedWith(await ask('GET', '/catalog?inUse=1', viewer), 400, 'API_REQUEST_INVALID');
  });

  it('shows nobody what they may not read about, and says nothing of it', async () => {
    for (const query of ['', '?finding=CVE-2024-1000', '?text=secret', '?inUse=true']) {
      assert.ok(!(await names(`/catalog${query}`)).includes('team2/secret'), query);
      assert.deepEqual(await names(`/catalog${query}`, stranger), [], query);
    }
    assert.ok((await names('/catalog', server.admin)).includes('team2/secret'));
  });

  it('comes in pages', async () => {
    const found: string[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const query: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
      const { items, next } = (await ask('GET', `/catalog?limit=1${query}`, viewer)).json as Page;
      assert.ok(items.length <= 1);
      found.push(...items.map(({ repository }) => repository));
      after = next;
    }
    assert.deepEqual(found, ['team/clean', 'team/shop']);
  });
});

describe('where', () => {
  it('finds packages by their URL, their name and their version, of any type', async () => {
    const cases: readonly (readonly [asked: string, repositories: readonly string[]])[] = [
      [OPENSSL, ['team/shop']],
      ['pkg:deb/debian/openssl@3.0.11', ['team/shop']],
      ['openssl', ['team/clean', 'team/shop']],
      ['openssl@3.0.11', ['team/shop']],
      ['lodash@4.17.20', ['team/shop']],
      ['lodash@4.17.2', []],
      ['open', []],
      ['%', []],
      ['pkg:', []],
    ];
    for (const [asked, repositories] of cases) {
      assert.deepEqual(await names(`/where?package=${encodeURIComponent(asked)}`), repositories, asked);
    }
  });

  it('goes on from one package to the next of the same name, page by page', async () => {
    const found: string[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const query: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
      const { items, next } = (await ask('GET', `/where?package=openssl&limit=1${query}`, viewer)).json as Page;
      found.push(...items.map(({ repository }) => repository));
      after = next;
    }
    assert.deepEqual(found, ['team/clean', 'team/shop']);
  });

  it('finds findings by id and alias, with what they are about and where that runs', async () => {
    const { items } = (await ask('GET', '/where?finding=CVE-2024-1000', viewer)).json as Page;
    assert.deepEqual(
      items.map(({ repository, digest, tags, matches, uses, judgements }) => ({
        repository,
        digest,
        tags,
        matches,
        uses,
        judgements,
      })),
      [
        {
          repository: 'team/shop',
          digest: shop,
          tags: ['1.2'],
          matches: [OPENSSL],
          uses: [{ place: 'cluster-a', environment: 'production', seenAt: '2026-01-01T00:00:00.000Z' }],
          judgements: [
            { environment: 'production', outcome: 'refused', reason: 'a critical finding', validUntil: null },
          ],
        },
      ],
    );
  });

  it('names no repository that is hidden', async () => {
    for (const query of ['package=openssl', `package=${encodeURIComponent(OPENSSL)}`, 'finding=DSA-5000-1']) {
      const { json } = await ask('GET', `/where?${query}`, viewer);
      const text = JSON.stringify(json);
      assert.ok(text.includes('team/shop'), text);
      assert.ok(!text.includes('secret') && !text.includes(hidden) && !text.includes('cluster-b'), text);
      assert.deepEqual(await names(`/where?${query}`, stranger), []);
    }
    // The names of both begin alike.
    await cataloguedImage(server, { repository: 'alike/app2', packages: ['pkg:npm/alike@1.0.0'] });
    const ofOther = await server.user('alike', 'viewer', 'alike/app');
    for (const path of ['/where?package=alike', '/catalog']) {
      assert.deepEqual(await names(path, ofOther), [], path);
    }
  });

  it('is asked for a package or a finding', async () => {
    for (const query of ['', '?package=a&finding=b', '?package=']) {
      refusedWith(await ask('GET', `/where${query}`, viewer), 400, 'API_REQUEST_INVALID');
    }
  });
});

describe('one image', () => {
  it('has its report by tag and by digest, with findings and history', async () => {
    const byTag = await ask('GET', '/repositories/team/shop/manifests/1.2', viewer);
    const byDigest = await ask('GET', `/repositories/team/shop/manifests/${shop}`, viewer);
    assert.deepEqual([byTag.status, byTag.json], [200, byDigest.json]);
    const report = byTag.json as {
      inventory: { counts: Readonly<Record<string, number>>; packages: number };
      judgements: { outcome: string }[];
      uses: { place: string }[];
    };
    assert.deepEqual([report.inventory.packages, report.inventory.counts['critical']], [2, 1]);
    assert.deepEqual(
      report.judgements.map(({ outcome }) => outcome),
      ['refused'],
    );
    assert.deepEqual(
      report.uses.map(({ place }) => place),
      ['cluster-a'],
    );
    const findings = async (query: string) =>
      (await ask('GET', `/repositories/team/shop/manifests/1.2/findings${query}`, viewer)).json as {
        items: PackageFinding[];
        next: string | null;
      };
    assert.deepEqual((await findings('')).items, [BROKEN, POLLUTED]);
    assert.deepEqual((await findings('?severity=high')).items, [POLLUTED]);
    const first = await findings('?limit=1');
    assert.deepEqual(first.items, [BROKEN]);
    const rest = await findings(`?limit=1&after=${encodeURIComponent(first.next ?? '')}`);
    assert.deepEqual([rest.items, rest.next], [[POLLUTED], null]);
    for (const [key, items] of [
      [`critical pkg:zzz/${'x'.repeat(1500)} CVE-gone`, [POLLUTED]],
      ['none pkg:a GHSA-0', []],
      ['no key', []],
    ] as const) {
      assert.deepEqual((await findings(`?after=${encodeURIComponent(key)}`)).items, items, key);
    }
    const history = await ask('GET', '/repositories/team/shop/manifests/1.2/history', viewer);
    assert.deepEqual([history.status, history.json], [200, { items: [] }]);
  });

  it('of others looks as if it were not there, in every route', async () => {
    const there = `/repositories/team2/secret/manifests/${hidden}`;
    const absent = `/repositories/team9/secret/manifests/${hidden}`;
    const decision = { reason: 'fine' };
    const approver = await server.user('catalog-approver', 'approver', 'team/*');
    const routes: readonly (readonly [method: string, path: string, body?: object])[] = [
      ['GET', ''],
      ['GET', '/findings'],
      ['GET', '/history'],
      ['POST', '/promote', decision],
      ['POST', '/revoke', decision],
      ['POST', '/deprecate', decision],
      ['POST', '/retire', decision],
    ];
    for (const [method, more, body] of routes) {
      const answers = [];
      for (const path of [there, absent]) {
        const problem = refusedWith(await ask(method, `${path}${more}`, approver, body), 404, 'API_NOT_FOUND');
        answers.push(JSON.stringify({ ...problem, requestId: '' }).replaceAll('team9', 'team2'));
      }
      assert.equal(answers[0], answers[1], `${method} ${more}`);
    }
    for (const path of ['/repositories/team2/secret', '/repositories/team9/secret']) {
      refusedWith(await ask('GET', path, viewer), 404, 'API_NOT_FOUND');
      refusedWith(await ask('PATCH', path, viewer, { owner: 'me' }), 404, 'API_NOT_FOUND');
    }
  });

  it('is promoted, deprecated, retired and revoked by an approver', async () => {
    const approver = await server.user('deciding-approver', 'approver', 'team/*');
    const digest = await cataloguedImage(server, { repository: 'team/decided', tag: '1' });
    const path = `/repositories/team/decided/manifests/${digest}`;
    const decide = async (what: string, body: object, as = approver) => await ask('POST', `${path}/${what}`, as, body);
    refusedWith(await decide('promote', { reason: 'fine' }, viewer), 403, 'STATE_CHANGE_DENIED');
    refusedWith(await decide('promote', { reason: '' }), 400, 'API_REQUEST_INVALID');
    const states: string[] = [];
    for (const [what, body] of [
      ['promote', { reason: 'fine', environment: 'production', validUntil: '2027-01-01T00:00:00Z' }],
      ['deprecate', { reason: 'use 2', endsAt: '2027-01-01T00:00:00Z' }],
      ['retire', { reason: 'over' }],
      ['revoke', { reason: 'broken' }],
    ] as const) {
      const { status, json } = await decide(what, body);
      assert.equal(status, 200, JSON.stringify(json));
      states.push((json as { state: string }).state);
    }
    assert.deepEqual(states, ['approved', 'deprecated', 'expired', 'revoked']);
    const { approvals } = (await ask('GET', path, viewer)).json as { approvals: { environment: string }[] };
    assert.deepEqual(
      approvals.map(({ environment }) => environment),
      ['production'],
    );
  });
});

describe('a repository', () => {
  it('is described by who may push to it, and its tags are kept by who administers it', async () => {
    const publisher = await server.user('describing-publisher', 'publisher', 'team/*');
    const path = '/repositories/team/shop';
    assert.deepEqual((await ask('GET', path, viewer)).json, {
      name: 'team/shop',
      owner: null,
      description: '',
      labels: {},
      immutableTags: [],
      updatedAt: null,
      updatedBy: null,
    });
    refusedWith(await ask('PATCH', path, viewer, { owner: 'me' }), 403, 'DETAILS_DENIED');
    const change = { owner: 'shop team', labels: { tier: '1' } };
    const described = await ask('PATCH', path, publisher, change);
    assert.equal(described.status, 200, JSON.stringify(described.json));
    refusedWith(await ask('PATCH', path, publisher, { immutableTags: ['v.*'] }), 403, 'DETAILS_DENIED');
    await ask('PATCH', path, server.admin, { description: 'sells things', immutableTags: ['v.*'] });
    const { updatedAt: _, ...found } = (await ask('GET', path, viewer)).json as Readonly<Record<string, unknown>>;
    assert.deepEqual(found, {
      name: 'team/shop',
      owner: 'shop team',
      description: 'sells things',
      labels: { tier: '1' },
      immutableTags: ['v.*'],
      updatedBy: 'user:admin',
    });
    assert.deepEqual(await names('/catalog?owner=shop%20team'), ['team/shop']);
  });
});

describe('what runs', () => {
  it('is said by who deploys there, in place of what they said before', async () => {
    const agent = await server.user('agent', 'deployer', 'team/*');
    const clean = await ask('GET', '/repositories/team/clean/manifests/1.0', viewer);
    const { digest } = clean.json as { digest: string };
    const uses = [
      { repository: 'team/clean', digest },
      { repository: 'team/absent', digest },
    ];
    const { status, json } = await ask('PUT', '/uses/cluster-c', agent, { uses });
    assert.deepEqual([status, json], [200, { known: 1, unknown: 1 }]);
    assert.ok((await names('/catalog?inUse=true')).includes('team/clean'));
    assert.equal((await ask('PUT', '/uses/cluster-c', agent, { uses: [] })).status, 200);
    assert.ok(!(await names('/catalog?inUse=true')).includes('team/clean'));
    // More than other bodies may take.
    const many = Array.from({ length: 9000 }, () => ({
      repository: 'team/absent',
      digest: `sha256:${'0'.repeat(64)}`,
      environment: 'production',
    }));
    assert.deepEqual((await ask('PUT', '/uses/cluster-c', agent, { uses: many })).json, { known: 0, unknown: 9000 });
    refusedWith(await ask('PUT', '/uses/cluster-c', viewer, { uses: [] }), 403, 'USES_DENIED');
    const other = { repository: 'other/app', digest };
    refusedWith(await ask('PUT', '/uses/cluster-c', agent, { uses: [other] }), 403, 'USES_DENIED');
    refusedWith(await ask('PUT', '/uses/a%2Fb', agent, { uses: [] }), 400, 'USES_INVALID');
  });
});

describe('the review', () => {
  it('is counted for who reads everything', async () => {
    const all = await server.user('all-viewer', 'viewer', '*');
    const { status, json } = await ask('GET', '/review', all);
    assert.deepEqual([status, Object.keys(json as object)], [200, ['running', 'promoted', 'rest']]);
    refusedWith(await ask('GET', '/review', viewer), 403, 'API_DENIED');
    refusedWith(await ask('GET', '/review/events', viewer), 403, 'API_DENIED');
  });
});

it('the key that signs is shown to everybody who is known', async () => {
  assert.deepEqual((await ask('GET', '/signing-key', stranger)).json, { keys: [] });
  refusedWith(await ask('GET', '/signing-key', null), 401, 'API_UNAUTHENTICATED');
});
