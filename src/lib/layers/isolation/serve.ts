import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '#base/error.ts';
import type { Analyser } from '#model/analyser.ts';
import type { Layer } from '#model/image.ts';
import type { Walk } from '../read-layer.ts';
import { encodeTable } from '../table/codec.ts';
import type { AnalyserFacts } from '../walk/results.ts';
import type { ScanRequest } from '../walk/selection.ts';
import { scopeOf, walkLayer } from '../walk/walk-layer.ts';
import { encodeFrame, type Frame, FrameParser } from './frames.ts';
import { Guard } from './guard.ts';
import {
  type Done,
  encodeVisit,
  FACTS_BYTES,
  type FactsHead,
  type Failed,
  FROM_PROCESS,
  type Job,
  PIECE_BYTES,
  PROTOCOL,
  TO_PROCESS,
  TO_PROCESS_LIMITS,
  toSentError,
} from './protocol.ts';

/** Messages of facts are filled up to about this many bytes, so that few are sent and none is long. */
const FACTS_TEXT = 1024 * 1024;
const MESSAGE_CHARS = 1000;
const PROGRESS_MS = 250;
const LEAVE = encodeFrame(FROM_PROCESS.leave, '');

/** The side of the analysis process: reads one layer after the other, with the analysers that it has. */
export class LayerServer {
  readonly #analysers: readonly Analyser[];
  readonly #send: (bytes: Uint8Array) => void;
  readonly #guard: Guard;

  /** `send` returns when the bytes have left the process: whatever happens here then, they arrive. */
  constructor(analysers: readonly Analyser[], send: (bytes: Uint8Array) => void) {
    this.#analysers = analysers;
    this.#send = send;
    this.#guard = new Guard({
      enter: (visit) => send(encodeFrame(FROM_PROCESS.enter, encodeVisit(visit))),
      leave: () => send(LEAVE),
    });
  }

  /** Returns when the input ends. Throws what only a fault of the program can cause. */
  async serve(input: AsyncIterable<Uint8Array>): Promise<void> {
    this.#sendJson(FROM_PROCESS.ready, PROTOCOL);
    const frames = framesOf(input);
    for (let next = await frames.next(); next.done !== true; next = await frames.next()) {
      if (next.value.type === TO_PROCESS.job) {
        const bytes = new LayerBytes(frames);
        const job = JSON.parse(next.value.payload.toString('utf8')) as Job;
        const walk = await this.#walk(job, bytes);
        // What an analyser left behind, such as a socket that may not be opened, fails before there is an answer.
        await nextTurn();
        this.#sendWalk(job, walk);
        // The next job begins behind the end of this layer, read or not.
        await bytes.skip();
      }
    }
  }

  /** For what nobody caught: says whose it was. The process is of no use after it. */
  failed(error: unknown): void {
    const failed: Failed = { visit: this.#guard.current, message: messageOf(error).slice(0, MESSAGE_CHARS) };
    this.#sendJson(FROM_PROCESS.failed, failed);
  }

  async #walk(job: Job, bytes: LayerBytes): Promise<Walk> {
    const analysers = job.analysers.map((wanted) => this.#analyserOf(wanted));
    const request = { select: this.#guard.selector(job, analysers), ...scopeOf(requestOf(job, analysers)) };
    let read = 0;
    const progress = (count: number): void => {
      read = count;
    };
    const report = (): void => this.#sendJson(FROM_PROCESS.progress, read);
    const timer = job.folder === null ? null : setInterval(report, PROGRESS_MS);
    try {
      return await walkLayer(layerOf(job, bytes), request, { integrity: 'report', progress });
    } finally {
      clearInterval(timer ?? undefined);
      if (timer !== null) {
        report();
      }
    }
  }

  #analyserOf({ id, version }: Job['analysers'][number]): Analyser {
    const analyser = this.#analysers.find((candidate) => candidate.id === id && candidate.version === version);
    if (analyser === undefined) {
      throw new Error(`expected the analyser ${id} of version ${version}, found none`);
    }
    return analyser;
  }

  #sendWalk(job: Job, { table, results, actual, failure }: Walk): void {
    const encoded = encodeTable(table);
    for (let at = 0; at < encoded.length; at += PIECE_BYTES) {
      this.#send(encodeFrame(FROM_PROCESS.table, encoded.subarray(at, at + PIECE_BYTES)));
    }
    const ids = job.analysers.map(({ id }) => id);
    if (job.listed === null) {
      ids.forEach((id, analyser) => this.#sendFacts({ analyser, visit: null }, id, results.ofAnalyser(id)));
    }
    for (const [visit, { analyser, file, path }] of (job.listed ?? []).entries()) {
      const id = ids[analyser] ?? '';
      this.#sendFacts({ analyser, visit }, id, results.ofFile(file, { analyser: { id }, path }));
    }
    const done: Done = {
      actual: actual === null ? null : { tar: actual.tar, ended: actual.ended },
      failure: failure === null ? null : toSentError(failure),
      internal: [...ids.keys()].filter((index) => results.failedInternally(ids[index] ?? '')),
    };
    this.#sendJson(FROM_PROCESS.done, done);
  }

  #sendFacts(head: FactsHead, analyser: string, { facts, unreadable }: AnalyserFacts): void {
    const texts: string[] = [];
    const problems = [...unreadable];
    for (const fact of facts) {
      const text = textOf(fact);
      if (text === null) {
        problems.push({ path: fact.path, analyser, reason: 'what was found is too long to be sent on' });
      } else {
        texts.push(text);
      }
    }
    this.#sendLists(head, 'facts', texts);
    this.#sendLists(
      head,
      'unreadable',
      problems.map((entry) => JSON.stringify(entry)),
    );
  }

  #sendLists(head: FactsHead, name: 'facts' | 'unreadable', texts: readonly string[]): void {
    let batch: string[] = [];
    let length = 0;
    for (const text of texts) {
      if (batch.length > 0 && length + text.length > FACTS_TEXT) {
        this.#sendList(head, name, batch);
        batch = [];
        length = 0;
      }
      batch.push(text);
      length += text.length;
    }
    if (batch.length > 0) {
      this.#sendList(head, name, batch);
    }
  }

  #sendList({ analyser, visit }: FactsHead, name: 'facts' | 'unreadable', texts: readonly string[]): void {
    this.#send(
      encodeFrame(FROM_PROCESS.facts, `{"analyser":${analyser},"visit":${visit},"${name}":[${texts.join()}]}`),
    );
  }

  #sendJson(type: number, value: unknown): void {
    this.#send(encodeFrame(type, JSON.stringify(value)));
  }
}

/** Null for what is longer than one message may be. */
function textOf(value: unknown): string | null {
  const text = JSON.stringify(value);
  // Some room is left for what surrounds it.
  return Buffer.byteLength(text) > FACTS_BYTES - FACTS_TEXT ? null : text;
}

function requestOf({ listed, withTable }: Job, analysers: readonly Analyser[]): ScanRequest {
  return listed === null
    ? { kind: 'wanted', analysers, withTable }
    : { kind: 'listed', files: new Map(listed.map(({ file }) => [file, []])) };
}

/** The layer as this process sees it, as a small one: no thread may be started here, so none is worth it. */
function layerOf({ diffId, digest, folder }: Job, bytes: LayerBytes): Layer {
  const content: Layer['content'] =
    folder === null ? { kind: 'tar', open: () => bytes.read() } : { kind: 'folder', path: folder };
  return { index: 0, diffId, digest, size: 0, mediaType: null, createdBy: null, content };
}

async function* framesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<Frame> {
  const parser = new FrameParser(TO_PROCESS_LIMITS);
  for await (const chunk of input) {
    yield* parser.push(chunk);
  }
}

/** The bytes of one layer among the messages. */
class LayerBytes {
  readonly #frames: AsyncGenerator<Frame>;
  #ended = false;

  constructor(frames: AsyncGenerator<Frame>) {
    this.#frames = frames;
  }

  async *read(): AsyncGenerator<Uint8Array> {
    for (let piece = await this.#next(); piece !== null; piece = await this.#next()) {
      yield piece;
    }
  }

  async skip(): Promise<void> {
    let piece = await this.#next();
    while (piece !== null) {
      piece = await this.#next();
    }
  }

  async #next(): Promise<Uint8Array | null> {
    if (this.#ended) {
      return null;
    }
    const next = await this.#frames.next();
    if (next.done === true || next.value.type !== TO_PROCESS.bytes) {
      this.#ended = true;
      return null;
    }
    return next.value.payload;
  }
}
