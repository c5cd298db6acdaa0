import { digestOf } from '#base/digest.ts';

/** A statement that is executed so often is worth a place in every connection. */
const OFTEN = 20;
/** Each connection keeps a plan for each of them. */
const MOST_NAMES = 200;
const MOST_COUNTED = 2000;

/**
 * Names of the statements that are executed again and again: a connection prepares such a statement once, and PostgreSQL neither parses nor plans it each time, which
 * takes longer than what a statement by a key does. PostgreSQL decides itself whether one plan does for all values. What gives back whole rows
 * is left out: another process may give a table another column, and then what was prepared cannot be executed any more.
 */
export class OftenUsed {
  readonly #counts = new Map<string, number>();
  readonly #names = new Map<string, string>();

  /** Counts an execution; null for what is to be executed by itself. */
  nameOf(sql: string): string | null {
    const known = this.#names.get(sql);
    if (known !== undefined) {
      return known;
    }
    if (sql.includes('*') || this.#names.size >= MOST_NAMES) {
      return null;
    }
    const count = (this.#counts.get(sql) ?? 0) + 1;
    if (count < OFTEN) {
      if (this.#counts.size >= MOST_COUNTED) {
        this.#counts.clear();
      }
      this.#counts.set(sql, count);
      return null;
    }
    this.#counts.delete(sql);
    const name = `plimsoll_${digestOf(sql).slice(7, 23)}`;
    this.#names.set(sql, name);
    return name;
  }
}
