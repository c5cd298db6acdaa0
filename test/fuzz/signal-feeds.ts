import assert from 'node:assert/strict';
import { AppError } from '#base/error.ts';
import { toEntry as toScore } from '#lib/advisories/providers/epss/read.ts';
import { toEntry as toExploited } from '#lib/advisories/providers/kev/read.ts';
import { toEntry as toCve } from '#lib/advisories/providers/nvd/read.ts';
import { schemeFor } from '#lib/versions/index.ts';
import type { FeedEntry } from '#model/ports.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const SEEDS: readonly string[] = [
  '{"cveID":"CVE-2025-48384","product":"Git","dateAdded":"2025-08-25","dueDate":"2025-09-15","knownRansomwareCampaignUse":"Unknown"}',
  'CVE-1999-0005,0.91963,0.99214',
  '{"cve":{"id":"CVE-2021-23017","published":"2021-06-01T13:15:07.853","lastModified":"2023-11-07T03:30:29.880","vulnStatus":"Modified","descriptions":[{"lang":"en","value":"nginx resolver"}],"metrics":{"cvssMetricV31":[{"source":"nvd@nist.gov","type":"Primary","cvssData":{"vectorString":"CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:L/I:L/A:L"}}],"cvssMetricV40":[{"source":"a","type":"Secondary","cvssData":{"vectorString":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"}}]},"configurations":[{"operator":"AND","nodes":[{"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":true,"criteria":"cpe:2.3:a:f5:nginx:*:*:*:*:*:*:*:*","versionStartIncluding":"0.6.18","versionEndExcluding":"1.20.1"},{"vulnerable":true,"criteria":"cpe:2.3:a:openssl:openssl:1.1.1k:-:*:*:*:*:*:*"}]},{"operator":"OR","negate":false,"cpeMatch":[{"vulnerable":false,"criteria":"cpe:2.3:o:linux:linux_kernel:-:*:*:*:*:*:*:*"}]}]}],"references":[{"url":"https://example.org","tags":["Patch"]}]}}',
];

/** Records of KEV, EPSS and the NVD: each input is read as each of them. What is accepted is in its bounds. */
export const signalFeeds: FuzzTarget = {
  id: 'signal-feeds',
  seeds: () => SEEDS.map((text) => Buffer.from(text)),
  maxMillis: 300,
  dictionary: [
    '"negate":true',
    '"vulnerable":false',
    'cpe:2.3:a:',
    '\\\\:',
    '"operator":"AND"',
    '/E:U',
    '1e-05',
    ',,',
    '-p1',
    '*',
  ],
  mutate: mutateStructure,
  run: (input) => {
    const entries: readonly FeedEntry[] = [
      toExploited('entry', input),
      toScore(Buffer.from(input).toString('latin1'), '2026-05-30', 3),
      toCve('record', input),
    ];
    invariant('what is accepted is in its bounds', () => entries.forEach(assertBounds));
    const [first] = entries;
    if (first?.kind === 'rejected' && entries.every(({ kind }) => kind === 'rejected')) {
      throw new AppError('REJECTED', first.reason);
    }
  },
};

function assertBounds(entry: FeedEntry): void {
  if (entry.kind === 'signal' && entry.signal.kind === 'epss') {
    const { probability, percentile } = entry.signal;
    assert.ok(probability >= 0 && probability <= 1 && percentile >= 0 && percentile <= 1);
  }
  if (entry.kind === 'record') {
    const { advisory, affected } = entry.record;
    assert.ok(advisory.ratings.every(({ score }) => score === undefined || (score >= 0 && score <= 10)));
    assert.equal(new Set(affected.map(({ name }) => name)).size, affected.length);
    for (const { ecosystem, name, ranges, versions } of affected) {
      assert.ok(ecosystem === 'NVD' && name.includes(':') && ranges.length + versions.length > 0);
      // Whatever a version is, the scheme says, and throws nothing.
      versions.forEach((version) => schemeFor('generic').isValid(version));
    }
  }
}
