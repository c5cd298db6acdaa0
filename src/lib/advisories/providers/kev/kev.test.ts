import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { allOf, PublishedFeed, rejectedOf } from '#test/fixtures/published-feed.ts';
import { data, missing } from '#test/prerequisites.ts';
import { providesAdvisories } from '../contract.ts';
import { kev } from './index.ts';

evidence('advisories/kev', 'published', "CISA's catalogue 2025.08.25, byte for byte");

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-kev-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const feed = new PublishedFeed(folder, kev);
const PATH = 'known_exploited_vulnerabilities.json';

const entry = {
  cveID: 'CVE-2021-44228',
  product: 'Log4j2',
  dateAdded: '2021-12-10',
  dueDate: '2021-12-24',
  knownRansomwareCampaignUse: 'Known',
};
const other = { cveID: 'CVE-2014-0160', dateAdded: '2022-05-04', dueDate: '', knownRansomwareCampaignUse: 'Unknown' };

function catalogue(...vulnerabilities: readonly unknown[]): string {
  return JSON.stringify({ title: 'KEV', count: vulnerabilities.length, vulnerabilities });
}

providesAdvisories('kev', {
  provider: kev,
  shard: 'KEV',
  needed: 'KEV',
  notOffered: 'EPSS',
  documents: { [PATH]: Buffer.from(catalogue(entry, other)) },
  main: PATH,
  duplicate: Buffer.from(catalogue(entry, other).replace('"product"', '"cveID":"CVE-2020-0001","product"')),
});

it('kev: the whole catalogue is read, with its dates and what is used by ransomware', {
  skip: missing('shared-data'),
}, async () => {
  const entries = await feed.entries(data('kev'), 'KEV');
  const signals = entries.flatMap((found) => (found.kind === 'signal' ? [found] : []));
  assert.equal(entries.length, 1404);
  assert.equal(signals.length, 1404);
  const ransomware = signals.filter(({ signal }) => signal.kind === 'known-exploited' && signal.ransomware);
  assert.equal(ransomware.length, 293);
  assert.deepEqual(signals[0], {
    kind: 'signal',
    id: 'CVE-2025-48384',
    signal: { kind: 'known-exploited', catalogue: 'CISA', added: '2025-08-25', due: '2025-09-15', ransomware: false },
  });
});

it('kev: an entry that cannot be read is rejected by name, and the others count', async () => {
  const broken = [
    { ...entry, cveID: 'CVE-1' },
    { ...other, dateAdded: 'soon' },
    { ...other, knownRansomwareCampaignUse: 'Maybe' },
    null,
    other,
    other,
  ];
  const entries = await feed.entries(feed.publish({ [PATH]: catalogue(entry, ...broken) }), 'KEV');
  assert.deepEqual(
    entries.flatMap((found) =>
      found.kind === 'signal' ? [[found.id, 'due' in found.signal && found.signal.due]] : [],
    ),
    [
      ['CVE-2021-44228', '2021-12-24'],
      ['CVE-2014-0160', null],
    ],
  );
  assert.match(
    rejectedOf(entries).join('\n'),
    /1: "cveID".*\n.*2: "dateAdded".*\n.*3: .*\n.*4: .*\nCVE-2014-0160: it comes a second time/,
  );
});

it('kev: a catalogue with fewer entries than it says is refused', async () => {
  const short = catalogue(entry, other).replace('"count":2', '"count":3');
  await assert.rejects(feed.entries(feed.publish({ [PATH]: short }), 'KEV'), /expected "3" vulnerabilities.*found 2/i);
});

it('kev: whatever the bytes, there are entries, rejected ones, or an error of ours', async () => {
  const text = catalogue(entry, other);
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length), fc.nat(20), fc.string({ maxLength: 10 }), async (at, cut, put) => {
      const source = feed.publish({ [PATH]: text.slice(0, at) + put + text.slice(at + cut) });
      try {
        const { found } = await feed.refresh(source, 'KEV');
        assert.equal(found.kind, 'whole');
        assert.ok('entries' in found && (await allOf(found.entries)).length <= 4);
      } catch (error) {
        assert.ok(isAppError(error), String(error));
      }
    }),
    { numRuns: 60 },
  );
});
