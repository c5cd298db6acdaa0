import { AnswerError, parseMessage } from './answer.ts';
import { encodeFrame, type Frame, FrameError, FrameParser, frameHead } from './frames.ts';
import { FROM_PROCESS, FROM_PROCESS_LIMITS, isReady, type Job, PIECE_BYTES, TO_PROCESS } from './protocol.ts';
import { type Outcome, Reading } from './reading.ts';
import type { StopCause } from './stop-cause.ts';
import { Stopwatch, type TimeLimits } from './stopwatch.ts';

/** A started analysis process, as whoever starts it hands it over. */
export interface AnalysisProcess {
  /** Everything that it sends, to its end. */
  readonly output: AsyncIterable<Uint8Array>;
  /** Why it is gone, once it is and all of its output has come. Never rejects. */
  readonly gone: Promise<StopCause>;
  /** Settles when the process has taken the bytes, or is gone. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends it at once; `gone` then says this cause. Does nothing once it is gone. */
  stop(cause: StopCause): void;
}

/** The bytes of a layer as stored; null for a folder, which the process reads by itself. */
export type OpenContent = ((signal: AbortSignal) => AsyncIterable<Uint8Array>) | null;

export interface LinkOptions {
  readonly limits: TimeLimits;
  /** Called with everything that the process has taken. */
  readonly taken: (bytes: Uint8Array) => void;
  /** Called with the bytes that it has read so far of a folder. */
  readonly read: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

/** One process, for one job after the other. Whatever it sends is untrusted: the first thing that is wrong stops it. */
export class ProcessLink {
  readonly #process: AnalysisProcess;
  readonly #parser = new FrameParser(FROM_PROCESS_LIMITS);
  readonly #ready = Promise.withResolvers<StopCause | null>();
  #isReady = false;
  #gone: StopCause | null = null;
  #reading: Reading | null = null;

  constructor(process: AnalysisProcess) {
    this.#process = process;
    void this.#listen();
  }

  /** Null once the process is ready for jobs, else why it never was. */
  async started(limits: TimeLimits): Promise<StopCause | null> {
    const watch = new Stopwatch(limits, (cause) => this.stop(cause));
    try {
      return await this.#ready.promise;
    } finally {
      watch.close();
    }
  }

  stop(cause: StopCause): void {
    this.#process.stop(cause);
  }

  /** Throws what the content's source throws, and the signal's reason; the process is then stopped. */
  async read(job: Job, open: OpenContent, { limits, taken, read, signal }: LinkOptions): Promise<Outcome> {
    if (this.#gone !== null) {
      return { kind: 'stopped', cause: this.#gone, visit: null };
    }
    const watch = new Stopwatch(limits, (cause) => this.stop(cause));
    const reading = new Reading(job, watch, read);
    this.#reading = reading;
    const dismiss = (): void => this.stop({ kind: 'dismissed' });
    signal?.addEventListener('abort', dismiss);
    try {
      signal?.throwIfAborted();
      await this.#send(reading, open, taken, signal);
      const outcome = await reading.outcome;
      signal?.throwIfAborted();
      return outcome;
    } catch (error) {
      dismiss();
      throw error;
    } finally {
      signal?.removeEventListener('abort', dismiss);
      watch.close();
    }
  }

  /** Returns when everything has been taken, or there is an outcome before that. */
  async #send(
    reading: Reading,
    open: OpenContent,
    taken: (bytes: Uint8Array) => void,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    const { watch } = reading;
    const enough = new AbortController();
    void reading.outcome.then(() => enough.abort());
    await this.#process.write(encodeFrame(TO_PROCESS.job, JSON.stringify(reading.job)));
    watch.pause();
    try {
      for await (const chunk of open?.(either(enough.signal, signal)) ?? []) {
        if (reading.settled) {
          break;
        }
        watch.resume();
        for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
          const piece = chunk.subarray(at, at + PIECE_BYTES);
          // Nobody waits for the head alone: it goes with the piece.
          void this.#process.write(frameHead(TO_PROCESS.bytes, piece.length));
          await this.#process.write(piece);
          watch.progress();
        }
        taken(chunk);
        watch.pause();
      }
    } catch (error) {
      if (!reading.settled || signal?.aborted === true) {
        throw error;
      }
    }
    watch.resume();
    reading.allSent = true;
    await this.#process.write(END);
  }

  /** Never rejects: what is wrong with the output stops the process. */
  async #listen(): Promise<void> {
    try {
      for await (const chunk of this.#process.output) {
        this.#reading?.watch.progress();
        for (const frame of this.#parser.push(chunk)) {
          this.#take(frame);
        }
      }
    } catch (error) {
      const known = error instanceof FrameError || error instanceof AnswerError;
      this.stop({ kind: 'protocol', problem: known ? error.message : 'what could not be read' });
    }
    const cause = await this.#process.gone;
    this.#gone = cause;
    this.#ready.resolve(cause);
    this.#reading?.stopped(cause);
    this.#reading = null;
  }

  #take(frame: Frame): void {
    if (!this.#isReady) {
      if (frame.type !== FROM_PROCESS.ready || !isReady(parseMessage(frame.payload))) {
        throw new AnswerError('something else than that it is ready');
      }
      this.#isReady = true;
      this.#ready.resolve(null);
      return;
    }
    if (this.#reading === null) {
      throw new AnswerError('something that nobody had asked for');
    }
    this.#reading.take(frame);
    if (this.#reading.settled) {
      this.#reading = null;
    }
  }
}

function either(enough: AbortSignal, signal: AbortSignal | undefined): AbortSignal {
  return signal === undefined ? enough : AbortSignal.any([enough, signal]);
}

const END = encodeFrame(TO_PROCESS.end, '');
