import assert from 'node:assert/strict';
import { AppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { entriesOf } from '#lib/advisories/providers/distro-info/read.ts';
import { productEntries } from '#lib/advisories/providers/endoflife-date/read.ts';
import type { FeedEntry } from '#model/ports.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const SEEDS: readonly string[] = [
  '{"name": "debian", "label": "Debian", "releases": [{"name": "12", "codename": "Bookworm", "releaseDate": "2023-06-10", "isEol": true, "eolFrom": "2026-06-10", "isEoes": false, "eoesFrom": "2028-06-10", "latest": {"name": "12.11", "date": null, "link": null}}, {"name": "1.1", "releaseDate": "1996-06-17", "isEol": true, "eolFrom": null}]}',
  'version,codename,series,created,release,eol,eol-lts,eol-elts\n11,Bullseye,bullseye,2019-07-06,2021-08-14,2024-08-14,2026-08-31,2031-06-30\n15,Duke,duke,2027-08-01\n,Sid,sid,1993-08-16\n',
  'version,codename,series,created,release,eol,eol-server,eol-esm\n20.04 LTS,Focal Fossa,focal,2019-10-17,2020-04-23,2025-05-31,2025-05-31,2030-04-23\n',
];

const USUAL = { recordBytes: LIMITS.advisoryBytes, totalBytes: LIMITS.feedListBytes, records: 1000 };

/** What begins like an object is a product of endoflife.date, all else a document of distro-info. */
function read(input: Uint8Array): readonly FeedEntry[] {
  return input[0] === 0x7b
    ? [...productEntries('product', input, new Set())]
    : [...entriesOf(Buffer.from(input).toString('utf8'), 'debian.csv', 'document', USUAL)];
}

/** Dates of support: what is accepted has days that are days. */
export const lifecycleFeeds: FuzzTarget = {
  id: 'lifecycle-feeds',
  seeds: () => SEEDS.map((text) => Buffer.from(text)),
  maxMillis: 300,
  dictionary: ['"isEol": ', '"eolFrom": ', 'null', '2026-02-30', ' LTS', ',,', '\n'],
  run: (input) => {
    const entries = read(input);
    const releases = entries.flatMap((entry) => (entry.kind === 'lifecycle' ? [entry.release] : []));
    invariant('days that are days', () => {
      for (const { release, released, endOfLife, extendedUntil } of releases) {
        assert.notEqual(release, '');
        for (const day of [released, endOfLife, extendedUntil]) {
          assert.ok(day === null || new Date(`${day}T00:00:00Z`).toISOString().startsWith(day), `${day}`);
        }
      }
    });
    const rejected = entries.find((entry) => entry.kind === 'rejected');
    if (rejected !== undefined && releases.length === 0) {
      throw new AppError('ADVISORY_FEED_INVALID', 'nothing is left', { expected: 'a release', found: rejected.reason });
    }
  },
};
