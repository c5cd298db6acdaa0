import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { EventType, PlatformEvent } from '#model/platform/event.ts';
import type { EventRecords } from '#model/platform/records.ts';
import type { EventRow, Tables } from '../tables.ts';
import type { Dialect } from './dialect.ts';
import { cursorInvalid } from './error.ts';
import { parseEventData } from './event-data.ts';

/**
 * The outbox. A consumer is given events in an order in which none can appear behind its back: in SQLite transactions that write follow each
 * other, so the sequence is that order; in PostgreSQL a transaction may commit after one that began later, so events are sorted by their
 * transactions, and told once every transaction that began before theirs has ended.
 */
export function eventRecords(db: Kysely<Tables>, dialect: Dialect): EventRecords {
  return {
    append: async (event) => {
      await db.insertInto('events').values(rowOf(event)).execute();
    },
    after: async (cursor, limit) => {
      const rows = await eventsAfter(db, dialect, cursor, limit).execute();
      return rows.map((row) => ({ cursor: row.cursor, event: eventOf(row) }));
    },
    cursor: async (consumer) => {
      const row = await db
        .selectFrom('event_cursors')
        .select('cursor')
        .where('consumer', '=', consumer)
        .executeTakeFirst();
      return row?.cursor ?? null;
    },
    setCursor: async (consumer, cursor, now) => {
      const seen = { cursor, updated_at: now };
      await db
        .insertInto('event_cursors')
        .values({ consumer, ...seen })
        .onConflict((conflict) => conflict.column('consumer').doUpdateSet(seen))
        .execute();
    },
  };
}

export function eventsAfter(db: Kysely<Tables>, dialect: Dialect, cursor: string | null, limit: number) {
  return db
    .selectFrom('events')
    .select(['sequence', 'id', 'project_id', 'type', 'subject', 'actor', 'time', 'data'])
    .select(CURSOR[dialect].as('cursor'))
    .where(VISIBLE[dialect])
    .where(AFTER[dialect](cursor))
    .orderBy(ORDER[dialect])
    .limit(limit);
}

const CURSOR: Readonly<Record<Dialect, RawBuilder<string>>> = {
  sqlite: sql`CAST(sequence AS TEXT)`,
  postgres: sql`transaction_id::text || '.' || sequence::text`,
};

const VISIBLE: Readonly<Record<Dialect, RawBuilder<boolean>>> = {
  sqlite: sql`TRUE`,
  postgres: sql`transaction_id < pg_snapshot_xmin(pg_current_snapshot())`,
};

const ORDER: Readonly<Record<Dialect, RawBuilder<unknown>>> = {
  sqlite: sql`sequence`,
  postgres: sql`transaction_id, sequence`,
};

const AFTER: Readonly<Record<Dialect, (cursor: string | null) => RawBuilder<boolean>>> = {
  sqlite: (cursor) => sql`sequence > CAST(${numbersIn(cursor ?? '0', 1).join('')} AS INTEGER)`,
  postgres: (cursor) => {
    const [transaction, sequence] = numbersIn(cursor ?? '0.0', 2);
    return sql`(transaction_id, sequence) > (${transaction}::text::xid8, ${sequence}::text::bigint)`;
  },
};

/** The decimal numbers of a cursor, as texts: those of PostgreSQL are wider than a JavaScript number. */
function numbersIn(cursor: string, count: number): readonly string[] {
  const numbers = cursor.split('.');
  if (numbers.length !== count || !numbers.every((number) => /^\d{1,18}$/.test(number))) {
    throw cursorInvalid(cursor);
  }
  return numbers;
}

function rowOf({ id, type, subject, actor, time, projectId, data }: PlatformEvent): Omit<EventRow, 'sequence'> {
  return { id, project_id: projectId, type, subject, actor, time, data: JSON.stringify(data) };
}

function eventOf({ id, project_id, type, subject, actor, time, data }: Omit<EventRow, 'sequence'>): PlatformEvent {
  return {
    id,
    // A newer version of the program may have written it: consumers pass over types that they do not know.
    type: type as EventType,
    subject,
    actor,
    time,
    projectId: project_id,
    data: parseEventData(data, `event ${id}`),
  };
}
