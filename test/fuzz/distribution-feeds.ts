import assert from 'node:assert/strict';
import { AppError } from '#base/error.ts';
import { readRecord } from '#lib/advisories/feeds/index.ts';
import { fixesOf, SecdbPackage } from '#lib/advisories/providers/alpine-secdb/package.ts';
import { toEntries } from '#lib/advisories/providers/debian-tracker/refresh.ts';
import { toEntry } from '#lib/advisories/providers/ubuntu-vex/refresh.ts';
import type { FeedEntry } from '#model/ports.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const SEEDS: readonly string[] = [
  '{"pkg": {"name": "xen", "secfixes": {"4.18.0-r1": ["XSA-449", "CVE-2023-46842 XSA-454"], "0": ["CVE_2019-2426 (no)"], "4.18.0-r2": ["CVE-2023-46842"]}}}',
  '{"description": "MiniZip", "debianbug": 1, "releases": {"bookworm": {"status": "open", "repositories": {"bookworm": "1:1.2.13-1"}, "urgency": "high**", "nodsa": "minor", "nodsa_reason": "ignored"}, "trixie": {"status": "resolved", "repositories": {"trixie": "1:1.3-3", "trixie-security": "1:1.3-4"}, "fixed_version": "1:1.3-4"}, "sid": {"status": "resolved", "fixed_version": "1:1.3-2"}}}',
  '{"metadata": {"timestamp": "2025-02-06T16:37:20.173026"}, "statements": [{"vulnerability": {"name": "CVE-2025-0167", "aliases": []}, "products": [{"@id": "pkg:deb/ubuntu/curl@8.5.0-2ubuntu10.6?arch=source&distro=noble"}, {"@id": "pkg:deb/ubuntu/curl@7.35.0?arch=source&distro=trusty/esm"}], "status": "under_investigation", "status_notes": "classified this CVE as of Medium priority."}]}',
];

/** The states whose range has no repair. */
const UNREPAIRED: readonly (string | undefined)[] = [
  'not_affected',
  'affected',
  'will_not_fix',
  'deferred',
  'end_of_life',
];

/** Records of the feeds of Debian, Alpine and Ubuntu: each input is read as each of them; what is accepted is whole. */
export const distributionFeeds: FuzzTarget = {
  id: 'distribution-feeds',
  seeds: () => SEEDS.map((text) => Buffer.from(text)),
  maxMillis: 300,
  dictionary: [
    '"fixed_version": "',
    '"0"',
    '"status": "resolved"',
    '"not_affected"',
    'CVE-2024-10001',
    '?arch=source&distro=',
    'esm-infra/',
    '"secfixes": {',
  ],
  run: (input) => {
    const secdb = readRecord('package', input, SecdbPackage);
    const ubuntu = toEntry('document', input);
    const entries: readonly FeedEntry[] = [
      ...toEntries(['zlib', 'CVE-2023-45853'], input, 'entry'),
      ...(ubuntu === null ? [] : [ubuntu]),
    ];
    const fixes = secdb.kind === 'value' ? fixesOf(secdb.value).fixes : [];
    invariant('records that are whole', () => {
      assert.equal(new Set(fixes.map(({ id }) => id)).size, fixes.length);
      assert.ok(fixes.every(({ fixed }) => fixed !== '0'));
      for (const entry of entries) {
        for (const row of entry.kind === 'record' ? entry.record.affected : []) {
          const bounds = row.ranges.flatMap(({ events }) => events);
          assert.ok(bounds.some((event) => 'introduced' in event));
          assert.ok(!(UNREPAIRED.includes(row.state) && bounds.some((event) => 'fixed' in event)), row.name);
        }
      }
    });
    const rejected = entries.find((entry) => entry.kind === 'rejected');
    if (secdb.kind === 'rejected' && entries.every((entry) => entry.kind === 'rejected')) {
      throw new AppError('REJECTED', rejected?.reason ?? secdb.reason);
    }
  },
};
