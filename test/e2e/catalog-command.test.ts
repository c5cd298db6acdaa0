import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, it } from 'node:test';
import type { Digest } from '#base/digest.ts';
import type { Acquisition, AcquisitionState } from '#model/platform/acquisition.ts';
import { AcquireError } from '#stages/acquire/index.ts';
import { evidence } from '../evidence.ts';
import { type ApiServer, startApiServer } from '../fixtures/api-server.ts';
import { cataloguedImage } from '../fixtures/catalogued-image.ts';
import { type Outcome, temporaryHome } from '../fixtures/plimsoll.ts';

evidence('access/command-line', 'self-made', 'acquire, catalog, where, promote and revoke against a server');

const OPENSSL = 'pkg:deb/debian/openssl@3.0.11';
let server: ApiServer;
let shop: Digest;
const home = temporaryHome();
const config = mkdtempSync(join(tmpdir(), 'plimsoll-catalog-'));
before(async () => {
  server = await startApiServer([], { acquiring: { request } });
  const { name, secret } = server.admin;
  const { code, err } = await run(['login', server.url, '-u', name, '--password-stdin'], `${secret}\n`);
  assert.equal(code, 0, err);
  shop = await cataloguedImage(server, {
    repository: 'team/shop',
    tag: '1.2',
    packages: [OPENSSL],
    findings: [
      { purl: OPENSSL, id: 'DSA-5000-1', aliases: ['CVE-2024-1000'], severity: 'critical', fixedIn: '3.0.12' },
    ],
    judgements: [{ environment: 'production', outcome: 'refused', reason: 'a critical\u001b[31m finding' }],
    usedAt: 'cluster-a',
  });
});
after(async () => {
  home.remove();
  rmSync(config, { recursive: true, force: true });
  await server.stop();
});

async function run(args: readonly string[], input?: string): Promise<Outcome> {
  return await home.plimsoll(args, { XDG_CONFIG_HOME: config, PLIMSOLL_SERVER: '' }, input);
}

async function done(...args: readonly string[]): Promise<string> {
  const { code, out, err } = await run(args);
  assert.deepEqual([code, err], [0, '']);
  return out;
}

/** What the next acquisition comes to, by itself and after some time; null for never. */
let end: { readonly state: AcquisitionState; readonly reason: string } | null = { state: 'promoted', reason: '' };
let count = 0;
let requests: { readonly reference: string; readonly force: boolean }[] = [];
beforeEach(() => {
  requests = [];
});

async function request(
  _: unknown,
  asked: { readonly reference: string; readonly force: boolean },
): Promise<Acquisition> {
  requests.push(asked);
  if (!asked.reference.startsWith('docker.io/')) {
    throw new AcquireError('ACQUIRE_OUTSIDE_SOURCES', 'no source takes it', { object: asked.reference });
  }
  count += 1;
  const { records } = server.store;
  const now = server.now();
  const progress = { manifests: 2, manifestsDone: 1, blobs: 4, blobsDone: 1, bytes: 2e6, bytesDone: 5e5 };
  const begun = await server.store.transaction(
    async (inside) =>
      await inside.acquisitions.begin({
        id: `00000000-0000-7000-8000-${String(count).padStart(12, '0')}`,
        repository: await inside.repositories.ensure('mirror/library/alpine', now),
        source: 'hub',
        upstream: 'docker.io/library/alpine',
        reference: String(count),
        digest: null,
        state: 'copying',
        reason: '',
        progress,
        requestedBy: 'user:admin',
        requestedAt: now,
        updatedAt: now,
        finishedAt: null,
        version: 1,
      }),
  );
  if (end !== null) {
    const finish = { ...end, finishedAt: now };
    setTimeout(() => void records.acquisitions.update(begun.id, 1, finish, now), 700);
  }
  return begun;
}

describe('plimsoll acquire', () => {
  for (const [state, code, reason] of [
    ['promoted', 0, ''],
    ['held', 1, 'policy says no'],
    ['refused', 1, 'its signature is wrong'],
    ['failed', 3, 'it is not there'],
  ] as const) {
    it(`--wait ends with ${code} when the image is ${state}`, async () => {
      end = { state, reason };
      const outcome = await run(['acquire', 'docker.io/library/alpine:3.20', '--wait']);
      assert.deepEqual([outcome.code, outcome.err], [code, '']);
      assert.match(outcome.out, new RegExp(`^mirror/library/alpine:\\d+: ${state}\n`));
      assert.ok(outcome.out.includes(reason));
      assert.equal(requests.length, 1);
    });
  }

  it('without --wait says that it was asked for', async () => {
    end = { state: 'promoted', reason: '' };
    const shown = JSON.parse(await done('acquire', 'docker.io/library/alpine:3.20', '-o', 'json')) as Acquisition;
    assert.deepEqual([shown.state, shown.finishedAt], ['copying', null]);
    assert.deepEqual(requests, [{ reference: 'docker.io/library/alpine:3.20', force: false }]);
    await done('acquire', 'docker.io/library/alpine:3.20', '--force');
    assert.equal(requests[1]?.force, true);
  });

  it('says why what no source takes is not taken, and ends with 3', async () => {
    const { code, err, out } = await run(['acquire', 'ghcr.io/a/b:1', '--wait']);
    assert.deepEqual([code, out], [3, '']);
    assert.match(err, /no source takes it/);
  });

  it('takes one reference', async () => {
    for (const args of [[], ['a', 'b']]) {
      assert.equal((await run(['acquire', ...args])).code, 2);
    }
  });

  it('gives up after --timeout', async () => {
    end = null;
    const { code, err } = await run(['acquire', 'docker.io/library/alpine:3.20', '--wait', '--timeout', '2s']);
    assert.equal(code, 3);
    assert.match(err, /gave up after 2s/);
  });
});

describe('plimsoll catalog', () => {
  it('lists images, with what policy says and what is found in them', async () => {
    const out = await done('catalog', '--finding', 'CVE-2024-1000');
    assert.match(out, /^IMAGE +PLATFORM +STATE +POLICY +FINDINGS +SCORE +USED +OWNER\n/);
    assert.match(out, /^team\/shop:1\.2 +linux\/amd64 +quarantined +production refused +1 critical +- +yes +-$/m);
    assert.match(out, /\n1 image\n$/);
    assert.equal(await done('catalog', '--state', 'revoked'), 'no images\n');
    const filters = ['--in-use', '--severity', 'critical', '--environment', 'production', '--outcome', 'refused'];
    assert.match(await done('catalog', ...filters, '--package', OPENSSL, '--name', 'sho'), /team\/shop/);
    assert.equal(await done('catalog', '--unused', '--name', 'shop'), 'no images\n');
    assert.equal(await done('catalog', '--min-score', '99.5', '--max-score', '100', '--name', 'shop'), 'no images\n');
    const json = JSON.parse(await done('catalog', '--name', 'shop', '-o', 'json')) as {
      items: { digest: string }[];
      more: boolean;
    };
    assert.deepEqual([json.items.map(({ digest }) => digest), json.more], [[shop], false]);
  });

  it('shows one image with all that is known of it, and nothing that a terminal would obey', async () => {
    const out = await done('catalog', 'team/shop:1.2');
    assert.ok(out.startsWith(`team/shop@${shop}\n`), out);
    assert.match(out, /production +refused +a critical\\u\{1b\}\[31m finding/);
    assert.match(out, /critical +CVE-2024-1000 +pkg:deb\/debian\/openssl@3\.0\.11 +fixed in 3\.0\.12/);
    assert.match(out, /cluster-a +production/);
    assert.equal(await done('catalog', `${new URL(server.url).host}/team/shop@${shop}`), out);
    const json = JSON.parse(await done('catalog', 'team/shop:1.2', '-o', 'json')) as {
      findings: object[];
      digest: string;
    };
    assert.deepEqual([json.digest, json.findings.length], [shop, 1]);
  });

  it('says what the server says, in its words', async () => {
    const { code, err } = await run(['catalog', 'team/nothing:1']);
    assert.equal(code, 3);
    assert.equal(err, `plimsoll: ${server.url}: team/nothing: there is nothing of this name\n`);
  });

  it('refuses what it does not know', async () => {
    for (const args of [
      ['--state', 'gone'],
      ['--in-use', '--unused'],
      ['team/shop:1.2', '--in-use'],
      ['team/shop:1.2', '--limit', '5'],
      ['--package', 'openssl'],
      ['--limit', '0'],
      ['--older-than', 'long'],
      ['team/shop:1.2', '--state', 'revoked'],
      ['Team/Shop'],
    ]) {
      assert.equal((await run(['catalog', ...args])).code, 2, args.join(' '));
    }
    const { code, err } = await run(['catalog', 'team/absent:1']);
    assert.equal(code, 3);
    assert.match(err, /there is nothing of this name/);
  });
});

describe('plimsoll where', () => {
  it('finds packages and findings, and where they run', async () => {
    for (const asked of ['CVE-2024-1000', 'DSA-5000-1', 'openssl', 'openssl@3.0.11', OPENSSL]) {
      const out = await done('where', asked);
      assert.match(out, /^team\/shop:1\.2 +linux\/amd64 +quarantined +production refused +cluster-a +pkg:deb/m, asked);
      assert.match(out, /\n1 image, 1 in use\n$/);
    }
    assert.equal(await done('where', 'CVE-1999-1'), 'nowhere\n');
    assert.equal(await done('where', 'CVE-2024-1000', '--package'), 'nowhere\n');
    assert.equal((await run(['where', 'a', '--package', '--finding'])).code, 2);
  });
});

describe('plimsoll promote and revoke', () => {
  it('decide about the image that a tag means, with a reason', async () => {
    const digest = await cataloguedImage(server, { repository: 'team/decided', tag: '1' });
    const promoted = await done('promote', 'team/decided:1', '--reason', 'checked by hand');
    assert.match(promoted, new RegExp(`^team/decided@${digest}: approved\n +reason +checked by hand\n`));
    const until = ['--environment', 'production', '--until', '2027-01-31'];
    await done('promote', `team/decided@${digest}`, '--reason', 'for the shop', ...until);
    const refused = await done('revoke', 'team/decided:1', '--environment', 'production', '--reason', 'not there');
    assert.match(refused, /: refused for production\n/);
    assert.match(await done('revoke', 'team/decided:1', '--reason', 'broken'), /: revoked\n/);
    const json = JSON.parse(await done('catalog', 'team/decided:1', '-o', 'json')) as {
      state: { state: string };
      approvals: { decision: string }[];
    };
    assert.deepEqual([json.state.state, json.approvals.map(({ decision }) => decision)], ['revoked', ['refused']]);
  });

  it('need a reason', async () => {
    assert.equal((await run(['promote', 'team/shop:1.2'])).code, 2);
    assert.equal((await run(['revoke', 'team/shop:1.2', '--reason', ' '])).code, 2);
    assert.equal((await run(['promote', 'team/shop:1.2', '--reason', 'x', '--until', '2027-01-31'])).code, 2);
    const late = ['--environment', 'a', '--until', 'soon'];
    assert.equal((await run(['promote', 'team/shop:1.2', '--reason', 'x', ...late])).code, 2);
  });
});
