import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { DEBIAN, matchAll, packageOf } from '#test/fixtures/matching.ts';
import { advisoryOf, affectedOf } from '#test/fixtures/memory-shard.ts';
import { PublishedFeed, recordsOf } from '#test/fixtures/published-feed.ts';
import { debianTracker } from '../../providers/debian-tracker/index.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-rule-5-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const feed = new PublishedFeed(folder, debianTracker);

test('rule 5: of the tracker of Debian every word is kept, and a fix counts that a suite of the release has', async () => {
  const bookworm = (more: object): object => ({
    bookworm: { repositories: { bookworm: '1.0-1' }, status: 'open', ...more },
  });
  const entries = {
    'CVE-2024-0001': bookworm({ status: 'resolved', fixed_version: '0' }),
    'CVE-2024-0002': bookworm({ nodsa: 'Minor issue', nodsa_reason: '' }),
    'CVE-2024-0003': bookworm({ nodsa: 'Later', nodsa_reason: 'postponed' }),
    'CVE-2024-0004': bookworm({ fixed_version: '1.0-2' }),
    'CVE-2024-0005': bookworm({ status: 'undetermined' }),
    'CVE-2024-0006': bookworm({ status: 'resolved', fixed_version: '1.0-1' }),
    'CVE-2024-0007': {
      ...bookworm({}),
      sid: { status: 'resolved', repositories: { sid: '2.0-1' }, fixed_version: '2.0-1' },
    },
  };
  const source = feed.publish({
    'data/json': { a: Object.fromEntries(Object.entries(entries).map(([id, releases]) => [id, { releases }])) },
  });
  const rows = recordsOf(await feed.entries(source, 'Debian')).flatMap(({ affected }) => affected);
  const { findings } = matchAll(DEBIAN, rows, packageOf('deb', 'a', '1.0-1'));
  assert.deepEqual(
    findings.map(({ id, state, fixedIn }) => [id, state, fixedIn]),
    [
      ['CVE-2024-0002', 'deferred', undefined],
      ['CVE-2024-0003', 'deferred', undefined],
      // Repaired in no suite yet: nothing to go to.
      ['CVE-2024-0004', 'affected', undefined],
      ['CVE-2024-0005', 'under_investigation', undefined],
      ['CVE-2024-0007', 'affected', undefined],
    ],
  );
});

test('rule 5: of several advisories that repair one vulnerability the highest counts', () => {
  const rows = ['1.0-3', '1.0-5', '1.0-4'].map((fixed, at) =>
    affectedOf(advisoryOf({ id: `DSA-${at}`, upstream: ['CVE-1'] }), 'Debian:12', 'a', fixed),
  );
  const { findings } = matchAll(DEBIAN, rows, packageOf('deb', 'a', '1.0-1'));
  assert.deepEqual(
    findings.map(({ id, fixedIn }) => [id, fixedIn]),
    [['CVE-1', '1.0-5']],
  );
});
