import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { advisoryOf, affectedOf } from '#test/fixtures/memory-shard.ts';
import { assertForeignShard, buildShard, type ShardClaims } from './index.ts';
import { sealFile } from './seal.ts';

evidence('advisories/artifacts', 'self-made', 'shards with triggers, views and other tables, damaged and sealed again');

const root = mkdtempSync(join(tmpdir(), 'plimsoll-foreign-'));
after(() => rmSync(root, { recursive: true, force: true }));

const CHECKED = Date.parse('2024-06-01T00:00:00Z');
const origin = { ecosystem: 'npm', provider: 'osv', source: '/feeds', revision: digestOf('one'), checked: CHECKED };
const CLAIMS: ShardClaims = {
  ecosystem: 'npm',
  provider: 'osv',
  source: '/feeds',
  revision: digestOf('one'),
  count: 20,
  newest: Date.parse('2024-01-01T00:00:00Z'),
};
let files = 0;

async function shard(): Promise<string> {
  files += 1;
  const path = join(root, `${files}.sqlite`);
  const entries = Array.from({ length: 20 }, (_, at) => {
    const advisory = advisoryOf({ id: `A-${at}`, modified: '2024-01-01T00:00:00Z' });
    return {
      kind: 'record',
      record: { advisory, affected: [affectedOf(advisory, 'npm', 'lodash', '1.0.0')] },
    } as const;
  });
  await buildShard(path, origin, entries);
  return path;
}

/** Changes a shard as its owner could, and seals it again. */
async function changed(change: (database: DatabaseSync) => void): Promise<string> {
  const path = await shard();
  truncateSync(path, readFileSync(path).length - 8);
  const database = new DatabaseSync(path, { defensive: false });
  change(database);
  database.close();
  sealFile(path);
  return path;
}

it('a shard that another machine built is taken', async () => {
  assertForeignShard(await shard(), 'the shard', CLAIMS);
});

describe('a shard of another machine is refused', () => {
  const cases: readonly (readonly [what: string, sql: string, code: string, found: RegExp])[] = [
    [
      'with a trigger',
      'CREATE TRIGGER t AFTER INSERT ON meta BEGIN DELETE FROM advisory; END',
      'SHARD_REFUSED',
      /the tables and indexes of a shard, found "trigger t meta CREATE TRIGGER/,
    ],
    ['with a view', 'CREATE VIEW v AS SELECT 1', 'SHARD_REFUSED', /found "view v/],
    [
      'with a view in place of a table',
      'DROP TABLE signal; CREATE VIEW signal AS SELECT 1 AS id, 2 AS json',
      'SHARD_REFUSED',
      /found "view signal/,
    ],
    [
      'with an index over an expression',
      'CREATE INDEX i ON name (lower(name))',
      'SHARD_REFUSED',
      /found "index i name/,
    ],
    ['without an index', 'DROP INDEX name_name', 'SHARD_REFUSED', /found "index name_name/],
    [
      'with another table of the name',
      'DROP TABLE lifecycle; CREATE TABLE lifecycle (product TEXT, json TEXT CHECK (abs(1)))',
      'SHARD_REFUSED',
      /found "table lifecycle/,
    ],
    [
      'of another application',
      'PRAGMA application_id = 7',
      'SHARD_REFUSED',
      /expected application id \d+, found application id 7/,
    ],
    ['of another format', 'PRAGMA user_version = 4', 'SHARD_FORMAT_UNKNOWN', /found format 4/],
    ['in WAL mode', 'PRAGMA journal_mode = WAL', 'SHARD_REFUSED', /rollback journal/],
    ['without a description', 'DELETE FROM meta', 'SHARD_DAMAGED', /the shard/],
    [
      'with a description of another shard',
      `UPDATE meta SET value = json_replace(value, '$.ecosystem', 'PyPI')`,
      'SHARD_REFUSED',
      /expected ecosystem "npm", as its artifact says, found "PyPI"/,
    ],
    [
      'with another revision than was said',
      `UPDATE meta SET value = json_replace(value, '$.revision', 'sha256:00')`,
      'SHARD_REFUSED',
      /expected revision "sha256:.*found "sha256:00"/,
    ],
    [
      'with another count than was said',
      `UPDATE meta SET value = json_replace(value, '$.count', 21)`,
      'SHARD_REFUSED',
      /expected count "20", as its artifact says, found "21"/,
    ],
    [
      'with names that are no texts',
      `UPDATE meta SET value = json_replace(value, '$.rejectedNames', json('[1]'))`,
      'SHARD_REFUSED',
      /a description of itself/,
    ],
    ['with null for a description', `UPDATE meta SET value = 'null'`, 'SHARD_DAMAGED', /the shard/],
  ];
  for (const [what, sql, code, found] of cases) {
    it(what, async () => {
      const path = await changed((database) => database.exec(sql));
      assert.throws(() => assertForeignShard(path, 'the shard', CLAIMS), { code, message: found });
    });
  }

  it('whose content is not as it was sealed', async () => {
    const path = await shard();
    const bytes = readFileSync(path);
    const at = bytes.indexOf('A-7');
    bytes[at] = 0x42;
    writeFileSync(path, bytes);
    assert.throws(() => assertForeignShard(path, 'the shard', CLAIMS), {
      code: 'SHARD_DAMAGED',
      message: /not as it was sealed/,
    });
  });

  it('that is no database, or the beginning of one', async () => {
    const whole = readFileSync(await shard());
    for (const bytes of [
      Buffer.alloc(0),
      Buffer.from('{}'),
      whole.subarray(0, 100),
      whole.subarray(0, whole.length / 2),
    ]) {
      const path = join(root, 'part.sqlite');
      writeFileSync(path, bytes);
      assert.throws(
        () => assertForeignShard(path, 'the shard', CLAIMS),
        (error) => isAppError(error),
      );
    }
  });
});

it('a shard that is damaged and sealed again is taken or refused, and nothing else happens', async (t) => {
  const whole = readFileSync(await shard());
  const path = join(root, 'fuzzed.sqlite');
  let refused = 0;
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(whole.length - 9), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      (changes) => {
        const bytes = Buffer.from(whole);
        for (const [at, byte] of changes) {
          bytes[at] = byte;
        }
        bytes.writeUInt32LE(crc32(bytes.subarray(0, -8)), bytes.length - 4);
        writeFileSync(path, bytes);
        try {
          assertForeignShard(path, 'the shard', CLAIMS);
        } catch (error) {
          assert.ok(isAppError(error), String(error));
          refused += 1;
        }
      },
    ),
    { numRuns: 300 },
  );
  t.diagnostic(`${refused} of 300 refused`);
  assert.ok(refused > 0);
});
