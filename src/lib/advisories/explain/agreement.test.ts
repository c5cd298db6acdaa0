import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ADVISED_STATES, type Affected } from '#model/advisory.ts';
import { DEBIAN, packageOf } from '#test/fixtures/matching.ts';
import { advisoryOf, affectedOf, memoryShard } from '#test/fixtures/memory-shard.ts';
import { matchPackages } from '../match/index.ts';
import { explainMatch } from './index.ts';

const CVES = ['CVE-1', 'CVE-2', 'CVE-3'];
const version = fc.constantFrom('1.0-1', '1.0-2', '1:0.1', '2.0', 'a:b');

const row: fc.Arbitrary<Affected> = fc
  .record({
    id: fc.constantFrom('DSA-1', 'DSA-2', 'GHSA-a', 'GHSA-b', ...CVES),
    aliases: fc.subarray(['GHSA-a', 'GHSA-b', 'CVE-3']),
    upstream: fc.subarray(CVES),
    withdrawn: fc.boolean(),
    ecosystem: fc.constantFrom('Debian:12', 'Debian:12', 'Debian:11'),
    name: fc.constantFrom('curl', 'curl', 'libcurl4', 'bash'),
    fixed: fc.option(version, { nil: undefined }),
    state: fc.option(fc.constantFrom(...ADVISED_STATES), { nil: undefined }),
  })
  .map(({ id, aliases, upstream, withdrawn, ecosystem, name, fixed, state }) => ({
    ...affectedOf(
      advisoryOf({ id, aliases, upstream, ...(withdrawn && { withdrawn: '2024-02-01T00:00:00Z' }) }),
      ecosystem,
      name,
      fixed,
    ),
    ...(state === undefined ? {} : { state }),
  }));

/** A record says the same of itself wherever it stands. */
const rows = fc
  .uniqueArray(row, { maxLength: 8, selector: ({ advisory }) => advisory.id })
  .chain((list) => fc.shuffledSubarray([...list, ...list.map((one) => ({ ...one, name: 'bash' }))]));

test('what is explained as found is a finding, what is not is none, and nothing that could be one is left unexplained', () => {
  const packages = [
    packageOf('deb', 'libcurl4', '1.0-1', { source: { name: 'curl', version: '1.0-1' } }),
    packageOf('deb', 'bash', '1:0.1'),
  ];
  fc.assert(
    fc.property(rows, (given) => {
      const readers = new Map([['Debian:12', memoryShard(given)]]);
      const { findings, headers, unknowns } = matchPackages(packages, DEBIAN, readers);
      for (const id of [...CVES, 'DSA-1', 'GHSA-a']) {
        const {
          answer,
          packages: explained,
          names,
        } = explainMatch(id, {
          image: { reference: 'a', digest: null, platform: null },
          packages,
          os: DEBIAN,
          readers,
          lookUp: () => [],
          reported: { findings, headers, covered: { findings: [], unknowns: [] } },
        });
        const own = findings.filter((one) =>
          [one.id, ...one.aliases, ...one.advisories].some((name) => names.includes(name)),
        );
        assert.equal(answer === 'found', own.length > 0);
        assert.equal(explained.filter(({ finding }) => finding !== null).length, own.length);
        // What applies and is no finding is one that its source denies.
        for (const { finding, statements, reasons, answer: why } of explained) {
          if (finding === null && statements.some(({ outcome }) => outcome === 'affected')) {
            assert.equal(why, 'suppressed', id);
            assert.ok(reasons.length > 0, id);
          }
        }
        assert.ok(answer !== 'unknown' || unknowns.length > 0);
      }
    }),
    { numRuns: 300 },
  );
});
