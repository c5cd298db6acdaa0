import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#base/error.ts';
import type { Vulnerability } from '#model/finding.ts';
import type { Package } from '#model/package.ts';
import { evidence } from '#test/evidence.ts';
import { memoryShard } from '#test/fixtures/memory-shard.ts';
import { PublishedFeed, recordsOf, rejectedOf } from '#test/fixtures/published-feed.ts';
import { matchPackages } from '../../match/index.ts';
import { providesAdvisories } from '../contract.ts';
import type { TrackedRelease } from './entry.ts';
import { debianTracker } from './index.ts';
import { verdictOf } from './verdict.ts';

evidence('advisories/debian-tracker', 'self-made', 'entries of every kind that the JSON of the tracker has');

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-debian-tracker-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const feed = new PublishedFeed(folder, debianTracker);

const FIXED = {
  status: 'resolved',
  repositories: { bookworm: '3.0.15-1~deb12u1' },
  fixed_version: '3.0.15-1~deb12u1',
  urgency: 'not yet assigned',
};
const SAMPLE = {
  openssl: {
    'CVE-2024-9143': { description: 'Elliptic curves.', scope: 'remote', releases: { bookworm: FIXED } },
    'CVE-2024-13176': { scope: 'local', debianbug: 1094027, releases: { bookworm: FIXED } },
  },
};

providesAdvisories('debian-tracker', {
  provider: debianTracker,
  shard: 'Debian',
  needed: 'Debian:12',
  notOffered: 'Ubuntu:24.04:LTS',
  documents: { 'data/json': Buffer.from(JSON.stringify(SAMPLE)) },
  main: 'data/json',
  duplicate: Buffer.from(JSON.stringify(SAMPLE).replace('"scope":"local"', '"scope":"local","scope":"remote"')),
});

const OPEN: TrackedRelease = {
  status: 'open',
  repositories: { bookworm: '1.2-3', 'bookworm-security': '1.2-3+deb12u1' },
};

describe('an entry of the tracker', () => {
  const start = { introduced: '0' };
  const cases: readonly (readonly [what: string, release: TrackedRelease, unstable: string | null, verdict: object])[] =
    [
      [
        'that is resolved ends where it says',
        { ...OPEN, status: 'resolved', fixed_version: '1.2-3+deb12u1' },
        '1.4-1',
        { events: [start, { fixed: '1.2-3+deb12u1' }], state: 'fixed' },
      ],
      [
        'with version 0 was never affected',
        { ...OPEN, status: 'resolved', fixed_version: '0' },
        '1.4-1',
        { events: [start], state: 'not_affected' },
      ],
      [
        'whose fix no suite has yet is not repaired',
        { ...OPEN, status: 'resolved', fixed_version: '1.2-3+deb12u2' },
        '1.4-1',
        { events: [start, { limit: '1.2-3+deb12u2' }], state: 'affected' },
      ],
      [
        'that is open with a fix to come is not repaired',
        { ...OPEN, fixed_version: '1.2-3+deb12u2' },
        '1.4-1',
        { events: [start, { limit: '1.2-3+deb12u2' }], state: 'affected' },
      ],
      [
        'that is resolved in a package that is gone ends where it says',
        { status: 'resolved', repositories: {}, fixed_version: '1.1-1' },
        null,
        { events: [start, { fixed: '1.1-1' }], state: 'fixed' },
      ],
      [
        'that is open ends, without a repair, at the version that unstable has it from',
        OPEN,
        '1.4-1',
        { events: [start, { limit: '1.4-1' }], state: 'affected' },
      ],
      [
        'that is open though its version is above that of unstable is open',
        OPEN,
        '1.2-2',
        { events: [start], state: 'affected' },
      ],
      ['that is open everywhere has no end', OPEN, null, { events: [start], state: 'affected' }],
      [
        'without an advisory to come is deferred',
        { ...OPEN, nodsa: 'Minor issue', nodsa_reason: '' },
        null,
        { events: [start], state: 'deferred', status: 'no-dsa' },
      ],
      [
        'that is postponed is deferred',
        { ...OPEN, nodsa: 'Fix along with next DSA', nodsa_reason: 'postponed' },
        null,
        { events: [start], state: 'deferred', status: 'postponed' },
      ],
      [
        'that is ignored will not be fixed',
        { ...OPEN, nodsa: 'Too intrusive to backport', nodsa_reason: 'ignored' },
        null,
        { events: [start], state: 'will_not_fix', status: 'ignored' },
      ],
      [
        'of a package at its end will see nothing',
        { ...OPEN, urgency: 'end-of-life' },
        '1.4-1',
        { events: [start, { limit: '1.4-1' }], state: 'end_of_life', status: 'end-of-life' },
      ],
      [
        'that nobody has looked into is under investigation',
        { ...OPEN, status: 'undetermined' },
        null,
        { events: [start], state: 'under_investigation', status: 'undetermined' },
      ],
      [
        'with versions that are none is believed as it stands',
        { ...OPEN, status: 'resolved', repositories: { bookworm: '1:2:3 x' }, fixed_version: '1.2-9' },
        null,
        { events: [start, { fixed: '1.2-9' }], state: 'fixed' },
      ],
      [
        'with an epoch is compared with it',
        { ...OPEN, status: 'resolved', repositories: { bookworm: '1:1.0-1' }, fixed_version: '2.0-1' },
        null,
        { events: [start, { fixed: '2.0-1' }], state: 'fixed' },
      ],
    ];
  for (const [what, release, unstable, verdict] of cases) {
    it(what, () => assert.deepEqual(verdictOf(release, unstable), verdict));
  }
});

describe('the tracker', () => {
  it('has a record for each vulnerability of each package, by release', async () => {
    const source = feed.publish({
      'data/json': {
        zlib: {
          'CVE-2023-45853': {
            description: 'MiniZip in zlib.',
            releases: {
              bullseye: {
                status: 'open',
                repositories: { bullseye: '1:1.2.11-2' },
                urgency: 'high**',
                nodsa: 'minizip not built',
                nodsa_reason: 'ignored',
              },
              bookworm: {
                status: 'resolved',
                repositories: { bookworm: '1:1.2.13-1' },
                fixed_version: '0',
                urgency: 'unimportant',
              },
              sid: { status: 'resolved', repositories: { sid: '1:1.3-3' }, fixed_version: '1:1.3-2' },
              experimental: { status: 'open', repositories: {} },
            },
          },
        },
        minizip: {
          'CVE-2023-45853': { releases: { bookworm: { status: 'open', repositories: { bookworm: '1.1-8' } } } },
        },
        tar: {
          'TEMP-0290435-0B57B5': {
            releases: { bookworm: { status: 'open', repositories: { bookworm: '1.34-1' }, urgency: 'unimportant' } },
          },
        },
        old: {
          'CVE-2001-10001': { releases: [] },
          'CVE-2001-10002': { releases: { sid: { status: 'open', repositories: {} } } },
        },
      },
    });
    const entries = await feed.entries(source, 'Debian');
    assert.deepEqual(rejectedOf(entries), []);
    const rows = recordsOf(entries).flatMap(({ affected }) => affected);
    assert.deepEqual(
      rows.map(({ advisory, ecosystem, name, state, ranges, ratings }) => [
        advisory.id,
        ecosystem,
        name,
        state,
        ranges[0]?.events.at(-1),
        ratings.map(({ severity }) => severity).join(),
      ]),
      [
        ['DEBIAN-CVE-2023-45853-zlib', 'Debian:11', 'zlib', 'will_not_fix', { limit: '1:1.3-2' }, 'high'],
        ['DEBIAN-CVE-2023-45853-zlib', 'Debian:12', 'zlib', 'not_affected', { introduced: '0' }, 'low'],
        ['DEBIAN-CVE-2023-45853-minizip', 'Debian:12', 'minizip', 'affected', { introduced: '0' }, ''],
        ['TEMP-0290435-0B57B5-tar', 'Debian:12', 'tar', 'affected', { introduced: '0' }, 'low'],
      ],
    );
    const [first] = recordsOf(entries);
    assert.deepEqual(first?.advisory.upstream, ['CVE-2023-45853']);
    assert.deepEqual(first.advisory.aliases, ['DEBIAN-CVE-2023-45853']);
  });

  it('tells of entries that cannot be read, and has the others', async () => {
    const document = JSON.stringify({
      bash: {
        'CVE-2020-10001': { releases: { bookworm: FIXED } },
        'DSA-1-1': {},
        'CVE-2020-10002': { releases: { bookworm: { status: 'new' } } },
      },
      dash: 'nothing',
      zsh: { 'CVE-2020-10003': { releases: { bookworm: { status: 'resolved', repositories: {} } } } },
    });
    const entries = await feed.entries(feed.publish({ 'data/json': document }), 'Debian');
    assert.deepEqual(
      recordsOf(entries).map(({ advisory }) => advisory.id),
      ['DEBIAN-CVE-2020-10001-bash'],
    );
    const rejected = entries.flatMap((entry) => (entry.kind === 'rejected' ? [entry.name] : []));
    assert.deepEqual(rejected, ['bash/DSA-1-1', 'bash/CVE-2020-10002', 'dash', 'zsh/CVE-2020-10003']);
  });

  it('is a shard of all releases', () => {
    for (const needed of ['Debian', 'Debian:12', 'Debian:13']) {
      assert.equal(debianTracker.shardFor(needed), 'Debian');
    }
    for (const needed of ['Ubuntu:24.04:LTS', 'Debian:sid', 'DebianX']) {
      assert.equal(debianTracker.shardFor(needed), null);
    }
  });
});

describe('packages matched with the tracker', () => {
  const openssl = (version: string): Package => ({
    type: 'deb',
    name: 'libssl3',
    version,
    purl: `pkg:deb/debian/libssl3@${version}?distro=debian-12`,
    source: { name: 'openssl', version },
    licenses: [],
    layer: null,
    locations: [{ path: '/var/lib/dpkg/status', layer: null }],
    cataloger: 'dpkg',
  });

  async function findings(releases: unknown, version: string): Promise<readonly string[]> {
    const source = feed.publish({ 'data/json': { openssl: { 'CVE-2024-0001': { releases } } } });
    const rows = recordsOf(await feed.entries(source, 'Debian')).flatMap(({ affected }) => affected);
    const os = { id: 'debian', versionId: '12', idLike: [] };
    const found = matchPackages([openssl(version)], os, new Map([['Debian', memoryShard(rows)]])).findings;
    return found.map(({ id, state, fixedIn }: Vulnerability) => `${id} ${state} ${fixedIn ?? 'none'}`);
  }

  const current = { bookworm: '3.0.15-1', 'bookworm-security': '3.0.15-1+deb12u1' };

  it('are affected below a fix, and not from it on', async () => {
    const bookworm = { status: 'resolved', repositories: current, fixed_version: '3.0.15-1+deb12u1' };
    assert.deepEqual(await findings({ bookworm }, '3.0.15-1'), ['CVE-2024-0001 fixed 3.0.15-1+deb12u1']);
    assert.deepEqual(await findings({ bookworm }, '3.0.15-1+deb12u1'), []);
  });

  it('have no finding where the release was never affected', async () => {
    const bookworm = { status: 'resolved', repositories: current, fixed_version: '0' };
    assert.deepEqual(await findings({ bookworm }, '3.0.15-1'), []);
  });

  it('have no fix as long as no suite of the release has it, and have none of it when they come from elsewhere', async () => {
    const bookworm = { status: 'open', repositories: current, fixed_version: '3.0.15-1+deb12u2' };
    assert.deepEqual(await findings({ bookworm }, '3.0.15-1+deb12u1'), ['CVE-2024-0001 affected none']);
    assert.deepEqual(await findings({ bookworm }, '3.0.15-1+deb12u2'), []);
    const sid = { status: 'resolved', repositories: { sid: '3.3.2-1' }, fixed_version: '3.3.2-1' };
    const open = { status: 'open', repositories: current, nodsa: 'Minor issue', nodsa_reason: '' };
    assert.deepEqual(await findings({ bookworm: open, sid }, '3.0.15-1'), ['CVE-2024-0001 deferred none']);
    assert.deepEqual(await findings({ bookworm: open, sid }, '3.3.2-1'), []);
  });
});

it('tracker: any entries give records or rejections, and errors of our own', async () => {
  const version = fc.constantFrom('0', '', '1.0-1', '1.1-1', '~', ':', '2:0');
  const release = fc.record(
    {
      status: fc.constantFrom('open', 'resolved', 'undetermined', 'other'),
      repositories: fc.dictionary(fc.constantFrom('bookworm', 'bookworm-security'), version),
      fixed_version: fc.option(version),
      urgency: fc.constantFrom('low', 'end-of-life', '', '__proto__'),
      nodsa: fc.option(fc.string()),
      nodsa_reason: fc.option(fc.constantFrom('', 'ignored', 'postponed')),
    },
    { requiredKeys: ['status'] },
  );
  const entry = fc.record({
    releases: fc.dictionary(fc.constantFrom('bookworm', 'trixie', 'sid', '__proto__'), release),
  });
  const id = fc.oneof(fc.constantFrom('CVE-2020-10001', 'CVE-2020-10002'), fc.string());
  await fc.assert(
    fc.asyncProperty(fc.dictionary(fc.string(), fc.dictionary(id, entry)), async (tracked) => {
      try {
        const entries = await feed.entries(feed.publish({ 'data/json': tracked }), 'Debian');
        const ids = recordsOf(entries).map(({ advisory }) => advisory.id);
        assert.equal(new Set(ids).size, ids.length);
      } catch (error) {
        assert.ok(error instanceof AppError, String(error));
      }
    }),
    { numRuns: 200 },
  );
});
