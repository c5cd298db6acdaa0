import { isAppError, messageOf } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { Analyser, Found } from '#model/analyser.ts';
import type { FileFact, UnreadableEntry } from '#model/layer.ts';
import { weightOf } from '../weight.ts';
import type { Selection } from './selection.ts';

/** What one analyser found in a layer, as it is kept. */
export interface AnalyserFacts {
  readonly facts: readonly FileFact[];
  readonly unreadable: readonly UnreadableEntry[];
}

/** What analysers found in one walk, by analyser or by file. */
export interface ScanResults {
  ofAnalyser(id: string): AnalyserFacts;
  /** What one analyser found in one file that it was told another path of. */
  ofFile(file: string, named: Named): AnalyserFacts;
  /** True when the analyser failed in a way that another run may not repeat. */
  failedInternally(analyser: string): boolean;
}

/** Entries of what could not be read that are kept one by one; a hostile layer could hold millions. */
const MAX_UNREADABLE = 10_000;

/** Digests of a file's content, for what is found in it; undefined where they do not count. Asked for only then: most files hold nothing. */
type Digests = () => string | undefined;

export interface Named {
  readonly analyser: Pick<Analyser, 'id'>;
  readonly path: string;
}

interface FileResult {
  readonly facts: FileFact[];
  readonly unreadable: UnreadableEntry[];
}

/** Collects what analysers find, by file, since a later entry of the same path in a layer takes the earlier one's place. */
export class Results implements ScanResults {
  readonly #files = new Map<string, FileResult>();
  readonly #problems: UnreadableEntry[] = [];
  readonly #dropped = new Map<string, number>();
  readonly #internal = new Set<string>();
  /** By analyser, so that what is kept of one does not depend on which others ran. */
  readonly #weights = new Map<string, number>();
  #unreadable = 0;

  /** What an earlier entry of this path gave does not count any more. */
  forget(path: string): void {
    if (this.#files.size > 0) {
      this.#files.delete(path);
    }
  }

  /** A file in which nothing was found leaves nothing. Throws `LIMIT_EXCEEDED` when the analyser has found more in the layer than can be held. */
  found(file: string, { analyser, path }: Selection, found: Found, digests?: Digests): void {
    if (Object.keys(found).length > 0) {
      const weight = (this.#weights.get(analyser.id) ?? 0) + weightOf(found);
      this.#weights.set(analyser.id, weight);
      if (weight > LIMITS.layerFactBytes) {
        throw limitExceeded(path, LIMITS.layerFactBytes, 'bytes of facts from one layer');
      }
      this.#file(file).facts.push({ analyser: analyser.id, path, found, ...optional(digests) });
    }
  }

  /** An analyser gave up on a file. Its own errors are ours to fix, so they say so and are not kept for the next time. */
  failed(file: string, { analyser, path }: Named, error: unknown, digests?: Digests): void {
    if (isAppError(error)) {
      this.unreadable(file, path, analyser.id, error.message, digests);
    } else {
      this.#internal.add(analyser.id);
      this.unreadable(file, path, analyser.id, `internal error: ${messageOf(error)}`);
    }
  }

  unreadable(file: string, path: string, analyser: string, reason: string, digests?: Digests): void {
    if (this.#counts(analyser)) {
      this.#file(file).unreadable.push({ path, analyser, reason, ...optional(digests) });
    }
  }

  /** Something of the layer itself that could not be read; null where it has no path that could be named. */
  problem(path: string | null, analyser: 'layers' | 'integrity', reason: string): void {
    if (this.#counts(analyser)) {
      this.#problems.push({ path, analyser, reason });
    }
  }

  failedInternally(analyser: string): boolean {
    return this.#internal.has(analyser);
  }

  ofAnalyser(id: string): AnalyserFacts {
    const facts: FileFact[] = [];
    const unreadable: UnreadableEntry[] = [];
    for (const file of this.#files.values()) {
      facts.push(...file.facts.filter((fact) => fact.analyser === id));
      unreadable.push(...file.unreadable.filter((entry) => entry.analyser === id));
    }
    return { facts, unreadable: [...unreadable, ...this.#summary(id)] };
  }

  ofFile(file: string, { analyser, path }: Named): AnalyserFacts {
    const matches = (item: { readonly analyser: string; readonly path: string | null }): boolean =>
      item.analyser === analyser.id && item.path === path;
    const { facts, unreadable } = this.#files.get(file) ?? { facts: [], unreadable: [] };
    return { facts: facts.filter(matches), unreadable: unreadable.filter(matches) };
  }

  ofLayer(): readonly UnreadableEntry[] {
    return [...this.#problems, ...this.#summary('layers')];
  }

  #file(path: string): FileResult {
    const known = this.#files.get(path);
    if (known !== undefined) {
      return known;
    }
    const fresh = { facts: [], unreadable: [] };
    this.#files.set(path, fresh);
    return fresh;
  }

  #counts(analyser: string): boolean {
    this.#unreadable += 1;
    if (this.#unreadable <= MAX_UNREADABLE) {
      return true;
    }
    this.#dropped.set(analyser, (this.#dropped.get(analyser) ?? 0) + 1);
    return false;
  }

  #summary(analyser: string): readonly UnreadableEntry[] {
    const count = this.#dropped.get(analyser);
    return count === undefined
      ? []
      : [{ path: null, analyser, reason: `${count} more entries that could not be read` }];
  }
}

function optional(digests: Digests | undefined): { readonly digests?: string } {
  const text = digests?.();
  return text === undefined ? {} : { digests: text };
}
