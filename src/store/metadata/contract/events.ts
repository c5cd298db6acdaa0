import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PlatformEvent } from '#model/platform/event.ts';
import type { MetadataStore } from '#model/platform/metadata-store.ts';
import { group, type MetadataContractDriver } from './database.ts';
import { withCode } from './samples.ts';

const PATIENCE_MS = 60_000;

function event(id: string, changes: Partial<PlatformEvent> = {}): PlatformEvent {
  return {
    id,
    type: 'tag.moved.v1',
    subject: 'team/app:1',
    actor: 'user:alice',
    time: 7,
    projectId: null,
    data: { repository: 'team/app', tag: '1', previous: null, size: 1.5, isNew: true },
    ...changes,
  };
}

/** Reads on from a cursor until it has seen an event; every id, in order. */
async function readUntil(store: MetadataStore, cursor: string | null, id: string): Promise<readonly string[]> {
  const seen: string[] = [];
  let at = cursor;
  for (let waited = 0; waited < PATIENCE_MS && !seen.includes(id); waited += 20) {
    const page = await store.records.events.after(at, 3);
    seen.push(...page.map((one) => one.event.id));
    at = page.at(-1)?.cursor ?? at;
    // An event is told once all that began before it has ended, the database's own housekeeping included.
    await (page.length === 0 ? sleep(20) : null);
  }
  return seen;
}

/** Behind all that was written so far. */
async function cursorOfNow(store: MetadataStore): Promise<string | null> {
  const marker = `marker ${randomUUID()}`;
  await store.records.events.append(event(marker));
  await readUntil(store, null, marker);
  return (await store.records.events.after(null, 10_000)).at(-1)?.cursor ?? null;
}

export function eventsContract(driver: MetadataContractDriver): void {
  group(driver, 'events', (stores) => {
    it('tells events as they were written, in the order of one transaction', async () => {
      const { store, other } = stores;
      const written = [event('a2', { projectId: 'project' }), event('a1', { data: {} }), event('a3')];
      await store.transaction(async (records) => {
        for (const one of written) {
          await records.events.append(one);
        }
      });
      await readUntil(other, null, 'a3');
      const told = await other.records.events.after(null, 10);
      assert.deepEqual(
        told.map((one) => one.event),
        written,
      );
      const rest = await other.records.events.after(told[0]?.cursor ?? null, 1);
      assert.deepEqual(
        rest.map((one) => one.event.id),
        ['a1'],
      );
      assert.deepEqual(await other.records.events.after(told.at(-1)?.cursor ?? null, 10), []);
    });

    it('tells nothing of a transaction that was undone', async () => {
      const { store } = stores;
      const cursor = await cursorOfNow(store);
      const undone = store.transaction(async (records) => {
        await records.events.append(event('undone'));
        throw new RangeError('undo');
      });
      await assert.rejects(undone, RangeError);
      await store.records.events.append(event('b1'));
      assert.deepEqual(await readUntil(store, cursor, 'b1'), ['b1']);
    });

    it('passes over no event of a transaction that began earlier and ends later', async () => {
      const { store, other } = stores;
      const cursor = await cursorOfNow(store);
      const written = Promise.withResolvers<void>();
      const go = Promise.withResolvers<void>();
      const slow = store.transaction(async (records) => {
        await records.events.append(event('slow'));
        written.resolve();
        await go.promise;
      });
      await written.promise;
      const quick = other.transaction((records) => records.events.append(event('quick')));
      // Where one transaction writes at a time the quick one waits.
      await Promise.race([quick, sleep(500)]);
      const early = await other.records.events.after(cursor, 10);
      go.resolve();
      await Promise.all([slow, quick]);
      const seen = early.map((one) => one.event.id);
      const last = early.at(-1)?.cursor ?? cursor;
      const missing = seen.includes('slow') ? 'quick' : 'slow';
      assert.deepEqual([...seen, ...(await readUntil(other, last, missing))].toSorted(), ['quick', 'slow']);
    });

    it('tells a consumer every event once, whoever writes meanwhile', async () => {
      const { store, other } = stores;
      const cursor = await cursorOfNow(store);
      const ids = Array.from({ length: 60 }, (_, index) => `many ${index}`);
      const writing = Promise.all(
        ids.map((id, index) =>
          (index % 2 === 0 ? store : other).transaction(async (records) => {
            await records.events.append(event(id));
            await records.events.append(event(`${id}, again`));
          }),
        ),
      ).then(() => store.records.events.append(event('the last')));
      const seen = await readUntil(other, cursor, 'the last');
      await writing;
      const expected = [...ids.flatMap((id) => [id, `${id}, again`]), 'the last'];
      assert.deepEqual(seen.toSorted(), expected.toSorted());
    });

    it('keeps the place of each consumer', async () => {
      const { store, other } = stores;
      assert.equal(await store.records.events.cursor('audit'), null);
      await store.records.events.setCursor('audit', '1', 5);
      await other.records.events.setCursor('audit', '2', 6);
      await store.records.events.setCursor('alerts', '1', 7);
      assert.equal(await store.records.events.cursor('audit'), '2');
    });

    for (const cursor of ['', 'x', '1.2.3', '-1', '1e3', '9'.repeat(30), "1' OR 1"]) {
      it(`refuses the cursor ${JSON.stringify(cursor)}`, async () => {
        await assert.rejects(stores.store.records.events.after(cursor, 1), { code: 'EVENT_CURSOR_INVALID' });
      });
    }

    it('names an event whose data is damaged', async () => {
      const { store, database } = stores;
      const cursor = await cursorOfNow(store);
      await store.records.events.append(event('hurt'));
      await readUntil(store, cursor, 'hurt');
      for (const data of ['{"a":', '{"a":1,"a":2}', '{"a":{}}', '[]']) {
        await database.query(`UPDATE events SET data = '${data}' WHERE id = 'hurt' RETURNING id`);
        await assert.rejects(store.records.events.after(cursor, 9), withCode('RECORD_DAMAGED'));
        await assert.rejects(store.records.events.after(cursor, 9), { object: 'event hurt' });
      }
    });
  });
}
