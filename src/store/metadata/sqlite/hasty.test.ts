import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Writer } from './writer.ts';

/** sqlite.org/pragma.html#pragma_synchronous */
const FULL = 2;

describe('a statement that need not wait for the disk', () => {
  let folder = '';
  let writer: Writer;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'plimsoll-hasty-'));
    writer = new Writer({ path: join(folder, 'hasty.db'), patienceMs: 30_000 });
  });
  after(async () => {
    await writer.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function synchronous(): Promise<unknown> {
    const { rows } = await writer.execute('PRAGMA synchronous', [], false);
    return rows[0]?.['synchronous'];
  }

  it('leaves the next one waiting for it, whether it could be done or not', async () => {
    assert.equal(await synchronous(), FULL);
    await writer.execute('CREATE TABLE notes (text TEXT UNIQUE) STRICT', [], true);
    await writer.execute("INSERT INTO notes VALUES ('once')", [], true, true);
    assert.equal(await synchronous(), FULL);
    await assert.rejects(writer.execute("INSERT INTO notes VALUES ('once')", [], true, true));
    assert.equal(await synchronous(), FULL);
  });
});
