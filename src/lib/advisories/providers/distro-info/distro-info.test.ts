import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { allOf, PublishedFeed, rejectedOf } from '#test/fixtures/published-feed.ts';
import { missing } from '#test/prerequisites.ts';
import { providesAdvisories } from '../contract.ts';
import { distroInfo } from './index.ts';

evidence('advisories/lifecycle', 'published', "Debian's package distro-info-data, as it is installed");

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-distro-info-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const feed = new PublishedFeed(folder, distroInfo);

const DEBIAN = `version,codename,series,created,release,eol,eol-lts,eol-elts
1.1,Buzz,buzz,1993-08-16,1996-06-17,1997-06-05
11,Bullseye,bullseye,2019-07-06,2021-08-14,2024-08-14,2026-08-31,2031-06-30
15,Duke,duke,2027-08-01
,Sid,sid,1993-08-16
`;
const UBUNTU = `version,codename,series,created,release,eol,eol-server,eol-esm
6.06 LTS,Dapper Drake,dapper,2005-10-12,2006-06-01,2009-07-14,2011-06-01
20.04 LTS,Focal Fossa,focal,2019-10-17,2020-04-23,2025-05-31,2025-05-31,2030-04-23
`;

providesAdvisories('distro-info', {
  provider: distroInfo,
  shard: 'Lifecycle',
  needed: 'Lifecycle',
  notOffered: 'KEV',
  documents: { 'debian.csv': Buffer.from(DEBIAN), 'ubuntu.csv': Buffer.from(UBUNTU) },
  main: 'debian.csv',
  duplicate: Buffer.from(`${DEBIAN}11,Bullseye,bullseye,2019-07-06\n`),
});

async function read(debian: string, ubuntu = UBUNTU): Promise<readonly string[]> {
  const entries = await feed.entries(feed.publish({ 'debian.csv': debian, 'ubuntu.csv': ubuntu }), 'Lifecycle');
  const releases = entries.flatMap((entry) => (entry.kind === 'lifecycle' ? [entry.release] : []));
  const lines = releases.map(
    ({ product, release, codename, released, endOfLife, extendedUntil }) =>
      `${product} ${release} ${codename}: ${released} ${endOfLife} ${extendedUntil}`,
  );
  return [...lines, ...rejectedOf(entries)];
}

it('distro-info: the days of releases, and none of what is no release', async () => {
  assert.deepEqual(await read(DEBIAN), [
    'debian 1.1 Buzz: 1996-06-17 1997-06-05 null',
    'debian 11 Bullseye: 2021-08-14 2024-08-14 2026-08-31',
    'debian 15 Duke: null null null',
    'ubuntu 6.06 Dapper Drake: 2006-06-01 2011-06-01 null',
    'ubuntu 20.04 Focal Fossa: 2020-04-23 2025-05-31 2030-04-23',
  ]);
});

it('distro-info: a line that cannot be read is rejected by its number, a document without a column refused', async () => {
  const lines = await read(`${DEBIAN}x,X,x\n12,B,b,2021-08-14,soon\n13,"T",t\n1,1,1,1,1,1,1,1,1\n\n`);
  assert.deepEqual(
    lines.slice(3).map((line) => /^(?:ubuntu|debian\.csv line \d+)/.exec(line)?.[0]),
    ['ubuntu', 'ubuntu', ...[6, 7, 8, 9].map((line) => `debian.csv line ${line}`)],
  );
  await assert.rejects(read(DEBIAN.replace('codename', 'name')), /expected .*column codename/);
  await assert.rejects(read(DEBIAN.trimEnd()), /line feed at its end/);
});

it('distro-info: what Debian publishes is read, all of it', { skip: missing('distro-info-data') }, async (t) => {
  const entries = await feed.entries('/usr/share/distro-info', 'Lifecycle');
  assert.deepEqual(rejectedOf(entries), []);
  const releases = entries.flatMap((entry) => (entry.kind === 'lifecycle' ? [entry.release] : []));
  t.diagnostic(`${releases.length} releases`);
  const ended = releases
    .filter(({ endOfLife }) => endOfLife !== null)
    .map(({ product, release }) => `${product} ${release}`);
  for (const [product, count, known] of [
    ['debian', 17, ['6.0', '9', '10', '11', '12']],
    ['ubuntu', 35, ['6.06', '14.04', '18.04', '20.04', '22.04', '23.10']],
  ] as const) {
    assert.ok(
      ended.filter((name) => name.startsWith(`${product} `)).length >= count,
      `${ended.length}: ${ended.join(', ')}`,
    );
    assert.deepEqual(
      known.filter((release) => !ended.includes(`${product} ${release}`)),
      [],
    );
  }
  const stretch = releases.find(({ product, release }) => product === 'debian' && release === '9');
  assert.deepEqual(
    [stretch?.released, stretch?.endOfLife, stretch?.extendedUntil],
    ['2017-06-17', '2020-07-18', '2022-06-30'],
  );
});

it('distro-info: whatever the bytes, there are entries, rejected ones, or an error of ours', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(DEBIAN.length), fc.nat(20), fc.string({ maxLength: 10 }), async (at, cut, put) => {
      const source = feed.publish({ 'debian.csv': DEBIAN.slice(0, at) + put + DEBIAN.slice(at + cut) });
      try {
        const { found } = await feed.refresh(source, 'Lifecycle');
        assert.equal(found.kind, 'whole');
        assert.ok('entries' in found && (await allOf(found.entries)).length <= 16);
      } catch (error) {
        assert.ok(isAppError(error), String(error));
      }
    }),
    { numRuns: 60 },
  );
});
