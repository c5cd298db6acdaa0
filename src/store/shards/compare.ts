import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setImmediate as turn } from 'node:timers/promises';
import { parseStrictJson } from '#base/json/strict.ts';
import type { Signal } from '#model/signal.ts';
import { openShard } from './open.ts';

/** Of what two revisions of a shard say something else. */
export interface ShardDifference {
  /** Ids of advisories that are new, gone or changed. */
  readonly advisories: ReadonlySet<string>;
  /** Names by the ecosystem with its release, as the rows of the shard have them. */
  readonly packages: ReadonlyMap<string, ReadonlySet<string>>;
  /** CVE ids whose signals are others. */
  readonly signals: ReadonlySet<string>;
  /** Products whose dates of support are others. */
  readonly products: ReadonlySet<string>;
}

/** Advisories between two looks at whoever else wants to work. */
const STEP = 500;
/** Probabilities of exploitation move a little every day: less than this is no other word. */
const PROBABILITY_STEP = 0.1;

/**
 * Compares two files of one shard, advisory by advisory: their texts for people are left out, since no match depends on them. Throws as `openShard` does.
 */
export async function compareShards(before: string, after: string, signal: AbortSignal): Promise<ShardDifference> {
  for (const path of [before, after]) {
    openShard(path).close();
  }
  const old = new Side(before);
  const now = new Side(after);
  try {
    const advisories = new Set<string>();
    const packages = new Map<string, Set<string>>();
    const add = (side: Side, number: number): void => {
      for (const { ecosystem, name } of side.names(number)) {
        packages.set(ecosystem, (packages.get(ecosystem) ?? new Set()).add(name));
      }
    };
    for await (const { id, number, text } of steps(now, signal)) {
      const known = old.find(id);
      if (known === null || !isSame(known.text, text) || old.rows(known.number) !== now.rows(number)) {
        advisories.add(id);
        add(now, number);
        if (known !== null) {
          add(old, known.number);
        }
      }
    }
    for await (const { id, number } of steps(old, signal)) {
      if (now.find(id) === null) {
        advisories.add(id);
        add(old, number);
      }
    }
    const signals = changed(old.signals(), now.signals());
    return { advisories, packages, signals, products: changed(old.products(), now.products()) };
  } finally {
    old.close();
    now.close();
  }
}

async function* steps(side: Side, signal: AbortSignal): AsyncGenerator<Entry> {
  let count = 0;
  for (const entry of side.all()) {
    count += 1;
    if (count % STEP === 0) {
      await turn();
      signal.throwIfAborted();
    }
    yield entry;
  }
}

function changed(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): ReadonlySet<string> {
  const ids = new Set([...before.keys(), ...after.keys()]);
  return new Set([...ids].filter((id) => before.get(id) !== after.get(id)));
}

interface Entry {
  readonly id: string;
  readonly number: number;
  readonly text: string;
}

/** One of the two files. */
class Side {
  readonly #database: DatabaseSync;
  readonly #all: StatementSync;
  readonly #one: StatementSync;
  readonly #affected: StatementSync;

  constructor(path: string) {
    this.#database = new DatabaseSync(path, { readOnly: true });
    this.#all = this.#database.prepare('SELECT id, number, json FROM advisory');
    this.#one = this.#database.prepare('SELECT id, number, json FROM advisory WHERE id = ?');
    this.#affected = this.#database.prepare('SELECT ecosystem, name, json FROM affected WHERE advisory = ?');
  }

  *all(): Generator<Entry> {
    for (const row of this.#all.iterate()) {
      yield entryOf(row);
    }
  }

  find(id: string): Entry | null {
    const row = this.#one.get(id);
    return row === undefined ? null : entryOf(row);
  }

  names(number: number): readonly { readonly ecosystem: string; readonly name: string }[] {
    return this.#affected
      .all(number)
      .map((row) => ({ ecosystem: String(row['ecosystem']), name: String(row['name']) }));
  }

  /** What an advisory says of packages, as one text: the order in which they were read says nothing. */
  rows(number: number): string {
    return this.#affected
      .all(number)
      .map((row) => JSON.stringify([row['ecosystem'], row['name'], row['json']]))
      .toSorted()
      .join('\n');
  }

  signals(): ReadonlyMap<string, string> {
    return this.#texts('SELECT id AS name, json FROM signal', (json) => signalText(json));
  }

  products(): ReadonlyMap<string, string> {
    return this.#texts('SELECT product AS name, json FROM lifecycle', (json) => json);
  }

  close(): void {
    this.#database.close();
  }

  #texts(query: string, textOf: (json: string) => string): ReadonlyMap<string, string> {
    const texts = new Map<string, string>();
    for (const row of this.#database.prepare(query).iterate()) {
      const name = String(row['name']);
      texts.set(name, `${texts.get(name) ?? ''}${textOf(String(row['json']))}\n`);
    }
    return texts;
  }
}

/** But for when it was modified: feeds touch whole years at once. `modified` is the fourth member (`pack.ts`). */
function isSame(before: string, after: string): boolean {
  return before === after || withoutDate(before) === withoutDate(after);
}

function withoutDate(packed: string): string {
  const members = parseStrictJson(packed, 'advisory');
  return JSON.stringify(Array.isArray(members) ? members.toSpliced(3, 1) : members);
}

/** As much of a signal as is another word when it changes. */
function signalText(json: string): string {
  const signal = parseStrictJson(json, 'signal') as Signal;
  return signal.kind === 'epss' ? `epss ${Math.round(signal.probability / PROBABILITY_STEP)}` : json;
}

function entryOf(row: Readonly<Record<string, unknown>>): Entry {
  return { id: String(row['id']), number: Number(row['number']), text: String(row['json']) };
}
