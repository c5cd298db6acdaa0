import type { UnreadableEntry } from '#model/layer.ts';
import type { AnalyserFacts, Named, ScanResults } from '../walk/results.ts';
import type { Answer } from './answer.ts';
import type { Containment } from './containment.ts';
import type { Job } from './protocol.ts';

const NOTHING: AnalyserFacts = { facts: [], unreadable: [] };

/** What a process found in a layer, together with what had to be left out so that it could. */
export class ContainedResults implements ScanResults {
  readonly #job: Pick<Job, 'analysers' | 'listed'>;
  readonly #containment: Containment;
  readonly #answer: Answer | null;

  /** Null for a layer of which nothing could be read. */
  constructor(job: Pick<Job, 'analysers' | 'listed'>, containment: Containment, answer: Answer | null) {
    this.#job = job;
    this.#containment = containment;
    this.#answer = answer;
  }

  ofAnalyser(id: string): AnalyserFacts {
    const index = this.#indexOf(id);
    const { facts, unreadable } = this.#answer?.facts[index] ?? NOTHING;
    const contained = this.#containment
      .reasons(index)
      .map(({ visit, reason }) => ({ path: visit?.path ?? null, analyser: id, reason }));
    return { facts, unreadable: [...unreadable, ...contained] };
  }

  ofFile(file: string, { analyser, path }: Named): AnalyserFacts {
    const index = this.#indexOf(analyser.id);
    const entry = (reason: string): UnreadableEntry => ({ path, analyser: analyser.id, reason });
    if (this.#containment.layer !== null) {
      return { facts: [], unreadable: [entry(this.#containment.layer)] };
    }
    const visit = (this.#job.listed ?? []).findIndex(
      (listed) => listed.analyser === index && listed.file === file && listed.path === path,
    );
    const { facts, unreadable } = this.#answer?.facts[visit] ?? NOTHING;
    const contained = this.#containment
      .reasons(index)
      .filter((left) => left.visit === null || (left.visit.file === file && left.visit.path === path));
    return { facts, unreadable: [...unreadable, ...contained.map(({ reason }) => entry(reason))] };
  }

  /** What was left out this time may be read the next, so nothing of that analyser is kept. */
  failedInternally(id: string): boolean {
    const index = this.#indexOf(id);
    return (
      this.#answer === null || this.#answer.internal.includes(index) || this.#containment.reasons(index).length > 0
    );
  }

  #indexOf(id: string): number {
    return this.#job.analysers.findIndex((analyser) => analyser.id === id);
  }
}
