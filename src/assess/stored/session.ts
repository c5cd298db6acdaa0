import { z } from 'zod';
import { messageOf } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { loadIsolation, type StopCause } from '#lib/layers/index.ts';
import type { FactsStore } from '#model/ports.ts';
import { CATALOGERS } from '../isolation/command.ts';
import { type StartedProcess, startProcess } from '../isolation/start-process.ts';
import {
  type AnalysisRequest,
  type AnalysisResult,
  ASK,
  type Ask,
  CHUNK_BYTES,
  FROM_ANALYSIS,
  FROM_ANALYSIS_LIMITS,
  KEY,
  RESULT,
  RESULT_BYTES,
  RESULT_DEPTH,
  type StreamEnd,
  TO_ANALYSIS,
  WINDOW,
  withId,
} from './protocol.ts';

const { encodeFrame, FrameParser, weighJson } = await loadIsolation();

/** Blobs that one image may read at the same time, and facts it may ask for. */
const MOST_STREAMS = 64;

export interface SessionOptions {
  readonly facts: FactsStore;
  /** The bytes of a blob of the image; null when they are gone. */
  readonly open: (digest: string, signal: AbortSignal) => Promise<AsyncIterable<Uint8Array> | null>;
  /** Of one process. */
  readonly memoryBytes: number;
}

export type Ended =
  | { readonly kind: 'result'; readonly result: AnalysisResult }
  | { readonly kind: 'died'; readonly cause: StopCause; readonly errors: string };

/** Serves one analysis process. What it sends is untrusted: the first thing that is wrong stops it. */
export class Session {
  readonly #process: StartedProcess;
  readonly #request: AnalysisRequest;
  readonly #options: SessionOptions;
  readonly #readable: ReadonlySet<string>;
  readonly #layers = new Map<number, StartedProcess>();
  readonly #blobs = new Map<number, BlobStream>();
  readonly #over = new AbortController();
  /** What kept the store from giving bytes that it has: no fault of the image. */
  storeFailure: Error | null = null;
  /** A process that ends before it works has not died of the image. */
  isReady = false;

  constructor(process: StartedProcess, request: AnalysisRequest, options: SessionOptions) {
    this.#process = process;
    this.#request = request;
    this.#options = options;
    this.#readable = new Set(request.blobs.map(([digest]) => digest));
  }

  async run(): Promise<Ended> {
    await this.#process.write(encodeFrame(TO_ANALYSIS.image, JSON.stringify(this.#request)));
    const result = await this.#listen();
    const cause = await this.#process.gone;
    this.#over.abort();
    for (const layer of this.#layers.values()) {
      layer.stop({ kind: 'dismissed' });
    }
    await Promise.all([...this.#layers.values()].map(async ({ gone }) => await gone));
    return result === null ? { kind: 'died', cause, errors: this.#process.errors() } : { kind: 'result', result };
  }

  async #listen(): Promise<AnalysisResult | null> {
    const parser = new FrameParser(FROM_ANALYSIS_LIMITS);
    try {
      for await (const chunk of this.#process.output) {
        for (const { type, payload } of parser.push(chunk)) {
          if (type === FROM_ANALYSIS.result) {
            const result = resultOf(payload);
            this.#process.stop({ kind: 'dismissed' });
            return result;
          }
          this.#take(type, payload);
        }
      }
    } catch (error) {
      const problem = error instanceof z.ZodError ? 'a message of another shape' : messageOf(error);
      this.#process.stop({ kind: 'protocol', problem });
    }
    return null;
  }

  #take(type: number, payload: Buffer): void {
    switch (type) {
      case FROM_ANALYSIS.ready:
        this.isReady = true;
        break;
      case FROM_ANALYSIS.ask:
        this.#answer(ASK.parse(parseStrictJson(payload, 'message of an analysis')));
        break;
      case FROM_ANALYSIS.keep: {
        const end = 4 + payload.readUInt32LE(0);
        const key = KEY.parse(parseStrictJson(payload.subarray(4, end), 'key of a fact'));
        void this.#options.facts.put(key, Uint8Array.from(payload.subarray(end)));
        break;
      }
      case FROM_ANALYSIS.write: {
        const id = payload.readUInt32LE(0);
        const layer = this.#layers.get(id);
        const taken = layer?.write(payload.subarray(4)) ?? Promise.resolve();
        void taken.then(() => this.#send(TO_ANALYSIS.taken, id, new Uint8Array()));
        break;
      }
    }
  }

  #answer(ask: Ask): void {
    switch (ask.kind) {
      case 'read':
        this.#open(ask.id, ask.digest);
        break;
      case 'more':
        this.#blobs.get(ask.id)?.more();
        break;
      case 'leave':
        this.#blobs.get(ask.id)?.leave();
        break;
      case 'get':
        void this.#give(ask.id, ask.key);
        break;
      case 'start':
        this.#start(ask.id);
        break;
      case 'stop':
        this.#layers.get(ask.id)?.stop(ask.cause);
        break;
    }
  }

  #open(id: number, digest: string): void {
    if (this.#blobs.size >= MOST_STREAMS || this.#blobs.has(id) || !this.#readable.has(digest)) {
      throw new Error('a blob that it may not read');
    }
    const stream = new BlobStream();
    this.#blobs.set(id, stream);
    void this.#pump(id, digest, stream).finally(() => this.#blobs.delete(id));
  }

  async #pump(id: number, digest: string, stream: BlobStream): Promise<void> {
    let problem: string | null = null;
    try {
      const bytes = await this.#options.open(digest, AbortSignal.any([this.#over.signal, stream.signal]));
      if (bytes === null) {
        problem = 'its bytes are gone';
      } else {
        for await (const chunk of bytes) {
          for (let at = 0; at < chunk.length; at += CHUNK_BYTES) {
            await stream.turn();
            await this.#send(TO_ANALYSIS.data, id, chunk.subarray(at, at + CHUNK_BYTES));
          }
        }
      }
    } catch (error) {
      if (!stream.signal.aborted && !this.#over.signal.aborted) {
        this.storeFailure ??= error instanceof Error ? error : new Error(messageOf(error));
      }
      problem = 'the blob store does not give it';
    }
    await this.#end(id, { problem });
  }

  async #give(id: number, key: z.infer<typeof KEY>): Promise<void> {
    const bytes = await this.#options.facts.get(key);
    for (let at = 0; at < (bytes?.length ?? 0); at += CHUNK_BYTES) {
      await this.#send(TO_ANALYSIS.data, id, bytes?.subarray(at, at + CHUNK_BYTES) ?? new Uint8Array());
    }
    await this.#end(id, { problem: bytes === null ? 'not kept' : null });
  }

  /** A process for one layer, as confined as the one that asks. */
  #start(id: number): void {
    if (this.#layers.size >= this.#request.processes + 1 || this.#layers.has(id)) {
      throw new Error('the wish for more processes than it may have');
    }
    const layer = startProcess({
      program: CATALOGERS,
      folder: null,
      memoryBytes: this.#options.memoryBytes,
      isBackground: true,
    });
    this.#layers.set(id, layer);
    void this.#relay(id, layer);
  }

  async #relay(id: number, layer: StartedProcess): Promise<void> {
    try {
      for await (const chunk of layer.output) {
        for (let at = 0; at < chunk.length; at += CHUNK_BYTES) {
          await this.#send(TO_ANALYSIS.data, id, chunk.subarray(at, at + CHUNK_BYTES));
        }
      }
    } catch {
      layer.stop({ kind: 'protocol', problem: 'what could not be read' });
    }
    const cause = await layer.gone;
    this.#layers.delete(id);
    await this.#end(id, { cause, errors: layer.errors() });
  }

  async #end(id: number, end: StreamEnd): Promise<void> {
    await this.#send(TO_ANALYSIS.end, id, Buffer.from(JSON.stringify(end)));
  }

  async #send(type: number, id: number, bytes: Uint8Array): Promise<void> {
    await this.#process.write(encodeFrame(type, withId(id, bytes)));
  }
}

/** Weighed before it is parsed: `[[],[],…` takes many times its length. */
function resultOf(payload: Buffer): AnalysisResult {
  if (weighJson(payload, RESULT_DEPTH) > RESULT_BYTES) {
    throw new Error('a result that is too large to be one');
  }
  return RESULT.parse(parseStrictJson(payload, 'result of an analysis'));
}

/** A blob on its way: so many chunks, then only as many as were asked for. */
class BlobStream {
  readonly #left = new AbortController();
  #credit = WINDOW;
  #wake: (() => void) | null = null;

  get signal(): AbortSignal {
    return this.#left.signal;
  }

  more(): void {
    this.#credit += 1;
    this.#wake?.();
  }

  leave(): void {
    this.#left.abort();
    this.#wake?.();
  }

  async turn(): Promise<void> {
    while (this.#credit <= 0 && !this.#left.signal.aborted) {
      await new Promise<void>((wake) => {
        this.#wake = wake;
      });
      this.#wake = null;
    }
    this.#left.signal.throwIfAborted();
    this.#credit -= 1;
  }
}
