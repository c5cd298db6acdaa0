import type { DatabaseSync } from 'node:sqlite';
import type { AdvisoryRecord, FeedEntry } from '#model/ports.ts';
import { packAdvisory, packAffected, packProse } from './pack.ts';
import type { ProseWriter } from './prose.ts';

const REJECTED_NAME_CHARS = 120;

export type Held = Exclude<FeedEntry, { readonly kind: 'rejected' }>;

/** Puts entries into the tables of a shard; an id that comes twice counts as rejected. True for what was taken. */
export function createInserter(database: DatabaseSync, prose: ProseWriter): (entry: FeedEntry) => entry is Held {
  const insertRecord = createRecordInserter(database, prose);
  const signals = database.prepare('INSERT INTO signal VALUES (?, ?)');
  const releases = database.prepare('INSERT INTO lifecycle VALUES (?, ?)');
  const rejected = database.prepare('INSERT INTO rejected VALUES (?)');
  const reject = (name: string): false => {
    rejected.run(name.slice(0, REJECTED_NAME_CHARS));
    return false;
  };
  return (entry): entry is Held => {
    switch (entry.kind) {
      case 'record':
        return insertRecord(entry.record) || reject(entry.record.advisory.id);
      case 'signal':
        signals.run(entry.id, JSON.stringify(entry.signal));
        return true;
      case 'lifecycle':
        releases.run(entry.release.product, JSON.stringify(entry.release));
        return true;
      case 'rejected':
        return reject(entry.name);
    }
  };
}

/** False for an advisory whose id is there already. */
function createRecordInserter(database: DatabaseSync, prose: ProseWriter): (record: AdvisoryRecord) => boolean {
  const advisories = database.prepare('INSERT OR IGNORE INTO advisory (id, modified, json, prose) VALUES (?, ?, ?, ?)');
  const affected = database.prepare('INSERT INTO affected VALUES (?, ?, ?, ?)');
  const names = database.prepare('INSERT INTO name VALUES (?, ?)');
  return ({ advisory, affected: packages }) => {
    const { changes, lastInsertRowid: number } = advisories.run(
      advisory.id,
      Date.parse(advisory.modified) || 0,
      packAdvisory(advisory),
      prose.write(packProse(advisory)),
    );
    if (Number(changes) === 0) {
      return false;
    }
    for (const item of packages) {
      affected.run(number, item.name, item.ecosystem, packAffected(item));
    }
    for (const name of namesOf(advisory)) {
      names.run(name, number);
    }
    return true;
  };
}

/** By which an advisory is found, besides its id. */
export function namesOf({ aliases, upstream }: AdvisoryRecord['advisory']): ReadonlySet<string> {
  return new Set([...aliases, ...upstream]);
}

/** Milliseconds UTC; 0 for what has no date of its own. */
export function modifiedOf(entry: Held): number {
  switch (entry.kind) {
    case 'record':
      return Date.parse(entry.record.advisory.modified);
    case 'signal':
      return Date.parse(entry.signal.kind === 'epss' ? entry.signal.date : entry.signal.added);
    case 'lifecycle':
      return 0;
  }
}
