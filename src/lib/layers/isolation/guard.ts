import { AsyncLocalStorage } from 'node:async_hooks';
import type { Analyser, FileInfo } from '#model/analyser.ts';
import type { Selection, Selector } from '../walk/selection.ts';
import type { Job, Visit } from './protocol.ts';

/** Who is at work, said before and after every call of an analyser. */
export interface Marks {
  enter(visit: Visit): void;
  leave(): void;
}

/**
 * Calls analysers so that the parent knows which one is at work on which file, and passes over the visits that ended a process
 * before. What an analyser leaves behind, a timer or a socket, still belongs to its visit.
 */
export class Guard {
  readonly #marks: Marks;
  readonly #visits = new AsyncLocalStorage<Visit>();

  constructor(marks: Marks) {
    this.#marks = marks;
  }

  /** The visit whose code is running, or left behind what is running. */
  get current(): Visit | null {
    return this.#visits.getStore() ?? null;
  }

  /** `analysers` are those of the job, in its order. */
  selector(job: Job, analysers: readonly Analyser[]): Selector {
    const skipped = new Set(job.skip.map(keyOf));
    const without = new Set(job.without);
    const isLeftOut = (visit: Visit): boolean =>
      without.has(visit.analyser) || (skipped.size > 0 && skipped.has(keyOf(visit)));
    if (job.listed !== null) {
      const visits = Map.groupBy(
        job.listed.filter((visit) => !isLeftOut(visit)),
        ({ file }) => file,
      );
      return ({ path }) => (visits.get(path) ?? []).flatMap((visit) => this.#selections(analysers, visit));
    }
    return (file, problem) => {
      let selections: Selection[] | null = null;
      for (const [index, analyser] of analysers.entries()) {
        const visit = { analyser: index, file: file.path, path: file.path };
        if (isLeftOut(visit)) {
          continue;
        }
        try {
          if (job.careful ? this.#run(visit, () => analyser.wants(file)) : analyser.wants(file)) {
            (selections ??= []).push(this.#guarded(analyser, visit));
          }
        } catch (error) {
          problem(analyser.id, error);
        }
      }
      return selections ?? [];
    };
  }

  #selections(analysers: readonly Analyser[], visit: Visit): readonly Selection[] {
    const analyser = analysers[visit.analyser];
    return analyser === undefined ? [] : [this.#guarded(analyser, visit)];
  }

  #guarded(analyser: Analyser, visit: Visit): Selection {
    const { id, version, knownPaths, maxFileBytes, beginningIsEnough = false } = analyser;
    const accepts = (head: Uint8Array): boolean => this.#run(visit, () => analyser.accepts?.(head) ?? true);
    return {
      path: visit.path,
      analyser: {
        id,
        version,
        knownPaths,
        maxFileBytes,
        beginningIsEnough,
        wants: (file: FileInfo) => analyser.wants(file),
        ...(analyser.accepts === undefined ? {} : { accepts }),
        read: (file) => this.#run(visit, () => analyser.read(file)),
      },
    };
  }

  #run<Result>(visit: Visit, call: () => Result): Result {
    this.#marks.enter(visit);
    try {
      return this.#visits.run(visit, call);
    } finally {
      this.#marks.leave();
    }
  }
}

function keyOf({ analyser, file, path }: Visit): string {
  return `${analyser}\0${file}\0${path}`;
}
