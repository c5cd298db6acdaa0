import { isAppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import type { Analyser } from '#model/analyser.ts';
import type { LayerProblem, SquashedView } from '../squash/view.ts';
import type { LiveFact } from './live.ts';

/** Characters of all paths that are tried: forty times what a hundred thousand packages take. */
const MAX_CHARS = 512 * 1024 ** 2;

/** Finds the files of what packages need, for analysers that say where it is looked for. */
export class NeedsFinder {
  readonly #view: SquashedView;
  readonly #problems: LayerProblem[] = [];
  #chars = 0;
  #found = 0;

  constructor(view: SquashedView) {
    this.#view = view;
  }

  /** Where it gave up, once and for all that comes behind it. */
  get problems(): readonly LayerProblem[] {
    return this.#problems;
  }

  added(analyser: Analyser | undefined, facts: readonly LiveFact[]): readonly LiveFact[] {
    if (analyser?.lookUp === undefined) {
      return facts;
    }
    const paths = new Set(facts.map(({ path }) => path));
    return facts.map((item) => {
      const needs = this.#needsOf(item, analyser, paths);
      return needs.size === 0 ? item : { ...item, needs: [...needs] };
    });
  }

  #needsOf(item: LiveFact, analyser: Analyser, paths: ReadonlySet<string>): ReadonlySet<string> {
    const needs = new Set<string>();
    if (this.#problems.length > 0) {
      return needs;
    }
    try {
      for (const record of item.fact.found.packages ?? []) {
        for (const name of record.requires ?? []) {
          const file = this.#first(analyser.lookUp?.(item.path, name) ?? [], paths);
          if (file !== null && file !== item.path) {
            needs.add(file);
          }
          this.#found += file === null ? 0 : 1;
          if (this.#chars > MAX_CHARS || this.#found > LIMITS.packageDependencies) {
            return this.#giveUp(item, 'more of them');
          }
        }
      }
    } catch (error) {
      if (!isAppError(error)) {
        throw error;
      }
      // Links that lead round and round are more than a lookup may follow.
      return this.#giveUp(item, error.message);
    }
    return needs;
  }

  #first(candidates: Iterable<string>, paths: ReadonlySet<string>): string | null {
    for (const path of candidates) {
      this.#chars += path.length;
      if (paths.has(path)) {
        return path;
      }
      const file = this.#view.resolve(path);
      if (!('problem' in file) && file.type === 'file') {
        return file.path;
      }
      if (this.#chars > MAX_CHARS) {
        return null;
      }
    }
    return null;
  }

  #giveUp({ path, layer, fact }: LiveFact, found: string): ReadonlySet<string> {
    const limit = `at most ${LIMITS.packageDependencies} dependencies between packages`;
    const reason = `expected ${limit}, found ${found}: from here on they are left out`;
    this.#problems.push({ path, layer, analyser: fact.analyser, reason });
    return new Set();
  }
}
