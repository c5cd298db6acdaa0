import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { PublishedFeed, rejectedOf } from '#test/fixtures/published-feed.ts';
import { providesAdvisories } from '../contract.ts';
import { epss } from './index.ts';
import { linesOf } from './lines.ts';

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-epss-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const feed = new PublishedFeed(folder, epss);
const PATH = 'epss_scores-current.csv.gz';
const HEAD = '#model_version:v2025.03.14,score_date:2026-05-30T12:55:00Z\ncve,epss,percentile\n';
const ROWS = 'CVE-1999-0005,0.91963,0.99214\nCVE-2021-44228,0.94358,0.99958\n';

providesAdvisories('epss', {
  provider: epss,
  shard: 'EPSS',
  needed: 'EPSS',
  notOffered: 'KEV',
  documents: { [PATH]: gzipSync(HEAD + ROWS) },
  main: PATH,
  duplicate: gzipSync(`${HEAD}${ROWS}CVE-1999-0005,0.00001,0.00002\n`),
});

async function read(text: string): Promise<Awaited<ReturnType<PublishedFeed['entries']>>> {
  return await feed.entries(feed.publish({ [PATH]: gzipSync(text) }), 'EPSS');
}

it('epss: a row has the probability, its percentile, and the day of all', async () => {
  assert.deepEqual((await read(HEAD + ROWS))[0], {
    kind: 'signal',
    id: 'CVE-1999-0005',
    signal: { kind: 'epss', probability: 0.91963, percentile: 0.99214, date: '2026-05-30' },
  });
});

it('epss: rows that are broken are rejected by name, and the others count', async () => {
  const rows = [
    'CVE-2020-0001,1.2,0.5',
    'CVE-2020-0002,0.5,-1',
    'CVE-2020-0003,NaN,0.5',
    'CVE-2020-0004,0.5',
    'CVE-2020-0005,0.5,0.5,0.5',
    'GHSA-x,0.5,0.5',
    '',
    'x'.repeat(5000),
    'CVE-2020-0006,9e-05,1',
    'CVE-2020-0006,0.5,1',
  ];
  const entries = await read(`${HEAD}${rows.join('\r\n')}`);
  assert.deepEqual(
    entries.flatMap((entry) => (entry.kind === 'signal' ? [entry.signal] : [])),
    [{ kind: 'epss', probability: 0.000_09, percentile: 1, date: '2026-05-30' }],
  );
  assert.deepEqual(
    rejectedOf(entries).map((text) => text.slice(0, text.indexOf(':'))),
    [
      'CVE-2020-0001',
      'CVE-2020-0002',
      'CVE-2020-0003',
      'CVE-2020-0004',
      'line 7',
      'line 8',
      'line 9',
      'line 10',
      'CVE-2020-0006',
    ],
  );
});

it('epss: without the day, the header or any row it is refused', async () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    [`cve,epss,percentile\n${ROWS}`, /score_date in line 1/],
    [`#model_version:v1,score_date:someday\ncve,epss,percentile\n${ROWS}`, /score_date in line 1/],
    [`#score_date:2026-13-45\ncve,epss,percentile\n${ROWS}`, /score_date in line 1/],
    [HEAD.replace('epss,percentile', 'percentile,epss') + ROWS, /expected "cve,epss,percentile" in line 2/],
    [HEAD, /a comment, a header and rows/],
    ['', /a comment, a header and rows/],
  ];
  for (const [text, expected] of refused) {
    await assert.rejects(read(text), expected);
  }
});

it('epss: lines are the same however the bytes come', async () => {
  const text = fc.array(fc.constantFrom('a', '\n', '\r\n', 'bcd', 'x'.repeat(30)), { maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(text, fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }), async (pieces, sizes) => {
      const whole = Buffer.from(pieces.join(''));
      async function* chunks(): AsyncGenerator<Uint8Array> {
        for (let at = 0, turn = 0; at < whole.length; turn += 1) {
          const end = at + (sizes[turn % sizes.length] ?? 1);
          yield await Promise.resolve(whole.subarray(at, end));
          at = end;
        }
      }
      const expected = whole.toString().split('\n');
      if (expected.at(-1) === '') {
        expected.pop();
      }
      const found: (string | null)[] = [];
      for await (const line of linesOf(chunks(), 64)) {
        found.push(line);
      }
      const isLong = (line: string): boolean => line.length > 64;
      assert.deepEqual(
        found,
        expected.map((line) => (isLong(line) ? null : line.replace(/\r$/, ''))),
      );
    }),
    { numRuns: 200 },
  );
});

it('epss: whatever the text, there are entries or an error of ours', async () => {
  const whole = HEAD + ROWS;
  await fc.assert(
    fc.asyncProperty(fc.nat(whole.length), fc.nat(20), fc.string({ maxLength: 10 }), async (at, cut, put) => {
      try {
        for (const entry of await read(whole.slice(0, at) + put + whole.slice(at + cut))) {
          assert.ok(entry.kind !== 'signal' || ('probability' in entry.signal && entry.signal.probability <= 1));
        }
      } catch (error) {
        assert.ok(isAppError(error), String(error));
      }
    }),
    { numRuns: 60 },
  );
});
