import type { Digest } from '#base/digest.ts';
import { loadIsolation } from '#lib/layers/index.ts';
import type { FactsKey } from '#model/ports.ts';
import type { StartedProcess } from '../isolation/start-process.ts';
import type { AnalysisRequest, AnalysisResult, Ask, StreamEnd } from './protocol.ts';
import { FROM_ANALYSIS, KEPT_BYTES, TO_ANALYSIS, TO_ANALYSIS_LIMITS, withId } from './protocol.ts';

const { encodeFrame, FrameParser } = await loadIsolation();

/** The worker, seen from the analysis process: everything that this one needs of the world it asks of that one. */
export class WorkerLink {
  readonly #send: (bytes: Uint8Array) => void;
  readonly #streams = new Map<number, Stream>();
  readonly #request = Promise.withResolvers<AnalysisRequest>();
  #next = 1;

  /** `send` returns when all of it is on its way. */
  constructor(send: (bytes: Uint8Array) => void) {
    this.#send = send;
  }

  get request(): Promise<AnalysisRequest> {
    return this.#request.promise;
  }

  /** Takes what the worker says, to its end. */
  async listen(input: AsyncIterable<Uint8Array>): Promise<void> {
    const parser = new FrameParser(TO_ANALYSIS_LIMITS);
    for await (const chunk of input) {
      for (const { type, payload } of parser.push(chunk)) {
        this.#take(type, payload);
      }
    }
  }

  /** The bytes of a blob of the image. Throws when the worker cannot give them. */
  async *read(digest: Digest): AsyncGenerator<Uint8Array> {
    const stream = this.#open();
    this.#ask({ kind: 'read', id: stream.id, digest });
    try {
      for await (const chunk of stream.chunks()) {
        yield chunk;
        this.#ask({ kind: 'more', id: stream.id });
      }
      const { problem = null } = await stream.end;
      if (problem !== null) {
        throw new Error(`blob ${digest}: ${problem}`);
      }
    } finally {
      this.#ask({ kind: 'leave', id: stream.id });
      this.#streams.delete(stream.id);
    }
  }

  async get(key: FactsKey): Promise<Uint8Array | null> {
    const stream = this.#open();
    this.#ask({ kind: 'get', id: stream.id, key });
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream.chunks()) {
      chunks.push(chunk);
    }
    this.#streams.delete(stream.id);
    const { problem = null } = await stream.end;
    return problem === null ? Buffer.concat(chunks) : null;
  }

  put(key: FactsKey, bytes: Uint8Array): void {
    if (bytes.length <= KEPT_BYTES) {
      const text = Buffer.from(JSON.stringify(key));
      this.#send(encodeFrame(FROM_ANALYSIS.keep, withId(text.length, Buffer.concat([text, bytes]))));
    }
  }

  /** A process for one layer, which the worker starts: this one may not. */
  start(): StartedProcess {
    const stream = this.#open();
    this.#ask({ kind: 'start', id: stream.id });
    let errors = '';
    const gone = stream.end.then(({ cause, errors: text = '' }) => {
      errors = text;
      this.#streams.delete(stream.id);
      return cause ?? ({ kind: 'dismissed' } as const);
    });
    return {
      output: stream.chunks(),
      gone,
      write: async (bytes) => {
        const taken = stream.nextTaken();
        this.#send(encodeFrame(FROM_ANALYSIS.write, withId(stream.id, bytes)));
        await Promise.race([taken, gone]);
      },
      stop: (cause) => this.#ask({ kind: 'stop', id: stream.id, cause }),
      errors: () => errors,
    };
  }

  /** Says that the process works, before it has seen anything of the image. */
  ready(): void {
    this.#send(encodeFrame(FROM_ANALYSIS.ready, ''));
  }

  finish(result: AnalysisResult): void {
    this.#send(encodeFrame(FROM_ANALYSIS.result, JSON.stringify(result)));
  }

  #open(): Stream {
    const stream = new Stream(this.#next);
    this.#next += 1;
    this.#streams.set(stream.id, stream);
    return stream;
  }

  #ask(ask: Ask): void {
    this.#send(encodeFrame(FROM_ANALYSIS.ask, JSON.stringify(ask)));
  }

  /** The worker is believed: it started this process. */
  #take(type: number, payload: Buffer): void {
    if (type === TO_ANALYSIS.image) {
      this.#request.resolve(JSON.parse(payload.toString('utf8')) as AnalysisRequest);
      return;
    }
    const stream = this.#streams.get(payload.readUInt32LE(0));
    if (type === TO_ANALYSIS.data) {
      stream?.push(payload.subarray(4));
    } else if (type === TO_ANALYSIS.end) {
      stream?.finish(JSON.parse(payload.toString('utf8', 4)) as StreamEnd);
    } else {
      stream?.taken();
    }
  }
}

/** What comes under one number. */
class Stream {
  readonly id: number;
  readonly #end = Promise.withResolvers<StreamEnd>();
  readonly #queue: Uint8Array[] = [];
  readonly #waiting: (() => void)[] = [];
  #isDone = false;
  #wake: (() => void) | null = null;

  constructor(id: number) {
    this.id = id;
  }

  get end(): Promise<StreamEnd> {
    return this.#end.promise;
  }

  push(chunk: Uint8Array): void {
    this.#queue.push(chunk);
    this.#wake?.();
  }

  finish(end: StreamEnd): void {
    this.#isDone = true;
    this.#end.resolve(end);
    this.#wake?.();
  }

  /** Settles when the worker has passed on what is written next. */
  nextTaken(): Promise<void> {
    return new Promise((taken) => this.#waiting.push(taken));
  }

  taken(): void {
    this.#waiting.shift()?.();
  }

  async *chunks(): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#queue.shift();
      if (chunk !== undefined) {
        yield chunk;
      } else if (this.#isDone) {
        return;
      } else {
        await new Promise<void>((wake) => {
          this.#wake = wake;
        });
        this.#wake = null;
      }
    }
  }
}
