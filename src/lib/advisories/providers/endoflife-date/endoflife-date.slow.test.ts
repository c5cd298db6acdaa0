import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { allOf, PublishedFeed, rejectedOf } from '#test/fixtures/published-feed.ts';
import { providesAdvisories } from '../contract.ts';
import { endoflifeDate } from './index.ts';

evidence(
  'advisories/lifecycle',
  'self-made',
  'products in the form that the OpenAPI description of endoflife.date gives them',
);

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-endoflife-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const feed = new PublishedFeed(folder, endoflifeDate);
const PATH = 'products/full';

const bookworm = {
  name: '12',
  codename: 'Bookworm',
  label: '12 (Bookworm)',
  releaseDate: '2023-06-10',
  isLts: false,
  ltsFrom: null,
  isEol: true,
  eolFrom: '2026-06-10',
  isEoes: false,
  eoesFrom: '2028-06-10',
  isMaintained: true,
  latest: { name: '12.11', date: '2025-05-17', link: null },
  custom: null,
};
const debian = { name: 'debian', label: 'Debian', aliases: [], category: 'os', releases: [bookworm] };
const nodejs = {
  name: 'nodejs',
  label: 'Node.js',
  releases: [
    { name: '4', codename: null, releaseDate: '2015-09-08', isEol: true, eolFrom: null, latest: null },
    { name: '99', releaseDate: '2030-01-01', isEol: false, eolFrom: null },
  ],
};

function answer(...result: readonly unknown[]): string {
  return JSON.stringify({ schema_version: '1.1.0', total: result.length, result });
}

providesAdvisories('endoflife-date', {
  provider: endoflifeDate,
  shard: 'Lifecycle',
  needed: 'Lifecycle',
  notOffered: 'KEV',
  documents: { [PATH]: Buffer.from(answer(debian, nodejs)) },
  main: PATH,
  duplicate: Buffer.from(answer(debian, nodejs).replace('"label"', '"name":"ubuntu","label"')),
});

it('endoflife-date: the last days, and what has ended nobody knows when', async () => {
  const entries = await feed.entries(feed.publish({ [PATH]: answer(debian, nodejs) }), 'Lifecycle');
  const releases = entries.map((entry) => (entry.kind === 'lifecycle' ? entry.release : null));
  const unnamed = { product: 'nodejs', codename: null, endOfLife: null, extendedUntil: null, latest: null };
  assert.deepEqual(releases, [
    {
      product: 'debian',
      release: '12',
      codename: 'Bookworm',
      released: '2023-06-10',
      endOfLife: '2026-06-10',
      extendedUntil: '2028-06-10',
      ended: false,
      latest: '12.11',
    },
    { ...unnamed, release: '4', released: '2015-09-08', ended: true },
    { ...unnamed, release: '99', released: '2030-01-01', ended: false },
  ]);
});

it('endoflife-date: a release that cannot be read is rejected by name, and the others count', async () => {
  const broken = {
    ...debian,
    releases: [bookworm, { ...bookworm, eolFrom: 'soon' }, { ...bookworm, isEol: 'yes' }, 7],
  };
  const entries = await feed.entries(feed.publish({ [PATH]: answer(broken, debian, { name: '' }, 3) }), 'Lifecycle');
  assert.equal(entries.filter(({ kind }) => kind === 'lifecycle').length, 1);
  assert.match(
    rejectedOf(entries).join('\n'),
    /^debian 2: "eolFrom".*\ndebian 3: "isEol".*\ndebian 4: record.*\ndebian: it comes a second time\n.*: "name".*\n.*: record/,
  );
});

it('endoflife-date: another version, and fewer products than it says, are refused', async () => {
  const other = answer(debian).replace('1.1.0', '2.0.0');
  await assert.rejects(
    feed.entries(feed.publish({ [PATH]: other }), 'Lifecycle'),
    /expected "version 1 of the API".*2\.0\.0/,
  );
  const short = answer(debian).replace('"total":1', '"total":2');
  await assert.rejects(feed.entries(feed.publish({ [PATH]: short }), 'Lifecycle'), /expected "2 products.*found "1"/);
});

it('endoflife-date: whatever the bytes, there are entries, rejected ones, or an error of ours', async () => {
  const text = answer(debian, nodejs);
  await fc.assert(
    fc.asyncProperty(fc.nat(text.length), fc.nat(20), fc.string({ maxLength: 10 }), async (at, cut, put) => {
      const source = feed.publish({ [PATH]: text.slice(0, at) + put + text.slice(at + cut) });
      try {
        const { found } = await feed.refresh(source, 'Lifecycle');
        assert.equal(found.kind, 'whole');
        assert.ok('entries' in found && (await allOf(found.entries)).length <= 5);
      } catch (error) {
        assert.ok(isAppError(error), String(error));
      }
    }),
    { numRuns: 60 },
  );
});
