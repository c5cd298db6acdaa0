import { type Answer, AnswerBuilder, AnswerError, parseMessage } from './answer.ts';
import type { Frame } from './frames.ts';
import { decodeVisit, FROM_PROCESS, isFailed, isProgress, type Job, type Visit } from './protocol.ts';
import { normalPath } from './shapes.ts';
import type { StopCause } from './stop-cause.ts';
import type { Stopwatch } from './stopwatch.ts';

/** What became of one job: an answer, or the end of the process and the visit that it was in then. */
export type Outcome =
  | { readonly kind: 'answer'; readonly answer: Answer }
  | { readonly kind: 'stopped'; readonly cause: StopCause; readonly visit: Visit | null };

/** One job in one process, from the first message about it to the last. */
export class Reading {
  readonly job: Job;
  readonly watch: Stopwatch;
  readonly #read: (bytes: number) => void;
  readonly #builder: AnswerBuilder;
  readonly #outcome = Promise.withResolvers<Outcome>();
  #settled = false;
  #visit: Visit | null = null;
  /** What the process said of its own end. */
  #failed: StopCause | null = null;
  /** True once the process could know the end of the layer. */
  allSent = false;

  /** `read` is told how many bytes of a folder have been read. */
  constructor(job: Job, watch: Stopwatch, read: (bytes: number) => void) {
    this.job = job;
    this.#read = read;
    this.watch = watch;
    this.#builder = new AnswerBuilder(job);
  }

  get outcome(): Promise<Outcome> {
    return this.#outcome.promise;
  }

  get settled(): boolean {
    return this.#settled;
  }

  /** One message of the process. Throws `AnswerError` for one that does not belong here. */
  take({ type, payload }: Frame): void {
    switch (type) {
      case FROM_PROCESS.enter:
        this.#visit = this.#visitOf(payload);
        return;
      case FROM_PROCESS.leave:
        this.#visit = null;
        return;
      case FROM_PROCESS.table:
        this.#builder.table(payload);
        return;
      case FROM_PROCESS.facts:
        this.#builder.facts(payload);
        return;
      case FROM_PROCESS.done:
        this.#finish(payload);
        return;
      case FROM_PROCESS.failed:
        this.#fail(payload);
        return;
      case FROM_PROCESS.progress:
        this.#progress(payload);
        return;
      default:
        throw new AnswerError('a message that has no place in a job');
    }
  }

  stopped(cause: StopCause): void {
    const own = cause.kind === 'exit' || cause.kind === 'signal';
    this.#settle({ kind: 'stopped', cause: own ? (this.#failed ?? cause) : cause, visit: this.#visit });
  }

  #finish(payload: Buffer): void {
    const answer = this.#builder.finish(payload);
    if (answer.actual !== null && !this.allSent) {
      throw new AnswerError('an end before it had everything');
    }
    // A folder has no digests; an archive has them, or a reason why it was not read to its end.
    if (answer.actual === null && answer.failure === null && this.job.folder === null) {
      throw new AnswerError('an end without a digest and without a reason');
    }
    this.#settle({ kind: 'answer', answer });
  }

  #progress(payload: Buffer): void {
    const bytes = parseMessage(payload);
    if (this.job.folder === null || !isProgress(bytes)) {
      throw new AnswerError('progress that is none');
    }
    this.#read(bytes);
  }

  #fail(payload: Buffer): void {
    const failed = parseMessage(payload);
    if (!isFailed(this.job.analysers.length)(failed)) {
      throw new AnswerError('an error that is none');
    }
    this.#failed = { kind: 'uncaught', message: failed.message };
    this.#visit = failed.visit ?? this.#visit;
  }

  #visitOf(payload: Buffer): Visit {
    const visit = decodeVisit(payload, this.job.analysers.length);
    if (visit === null || !normalPath(visit.file) || !normalPath(visit.path)) {
      throw new AnswerError('a visit to no file of a layer');
    }
    return visit;
  }

  #settle(outcome: Outcome): void {
    this.#settled = true;
    this.#outcome.resolve(outcome);
  }
}
