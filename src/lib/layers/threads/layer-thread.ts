import { Worker } from 'node:worker_threads';
import { algorithmOf, createDigester, type Digest, type Digester } from '#base/digest.ts';
import type { Layer } from '#model/image.ts';
import { feed } from '../inflate/feed.ts';
import { fromOwnFailure, type OwnFailure } from '../inflate/protocol.ts';
import { createRingMemory, Ring } from '../inflate/ring.ts';
import { layerName } from '../layer-name.ts';
import type { ReadLayerOptions, Walk } from '../read-layer.ts';
import { type Columns, FileTable } from '../table/file-table.ts';
import type { AnalyserFacts, Named, ScanResults } from '../walk/results.ts';
import type { ScanRequest } from '../walk/selection.ts';
import { BYTES, END, INPUT, type SentWalk, type ThreadAnswer, type ThreadJob } from './protocol.ts';

type Wanted = Extract<ScanRequest, { readonly kind: 'wanted' }>;
type Open = (signal?: AbortSignal) => AsyncIterable<Uint8Array>;

/** This side of one analysis thread. It reads one layer after the other; after a reading that broke off it is of no use any more. */
export class LayerThread {
  readonly #ring: Ring;
  readonly #worker: Worker;
  #gone: Error | null = null;
  #answered: (answer: ThreadAnswer) => void = () => undefined;

  constructor(program: URL) {
    const memory = createRingMemory(INPUT);
    this.#ring = new Ring(INPUT, memory);
    // Flags of the program, such as --eval, are not for the thread.
    this.#worker = new Worker(program, {
      workerData: memory,
      execArgv: [],
      // What is found lives long and all else no longer than a file: more would only be memory that is not looked through.
      resourceLimits: { maxYoungGenerationSizeMb: 6 },
    });
    this.#worker.on('message', (answer: ThreadAnswer) => this.#answered(answer));
    this.#worker.on('error', (error: Error) => this.#end(error));
    this.#worker.on('exit', () => this.#end(new Error('the analysis thread has ended')));
  }

  /** True as long as it can take another layer. */
  get sound(): boolean {
    return this.#gone === null;
  }

  async read(layer: Layer, open: Open, request: Wanted, options: ReadLayerOptions): Promise<Walk> {
    const answered = new Promise<ThreadAnswer>((resolve) => {
      this.#answered = resolve;
    });
    const job: ThreadJob = {
      diffId: layer.diffId,
      analysers: request.analysers.map(({ id }) => id),
      withTable: request.withTable,
    };
    this.#worker.postMessage(job);
    const feeding = this.#feed(layer, open, options);
    const answer = await answered;
    // A layer that is broken is not read to its end, and what is left of it would become part of the next one.
    const ended = answer.kind === 'walk' && answer.walk.actual !== null;
    if (!ended) {
      this.#end(new Error('the layer was not read to its end'));
    }
    const fed = await feeding;
    if (fed.kind === 'failed') {
      throw fed.error;
    }
    if (answer.kind === 'fault') {
      throw new Error(answer.message);
    }
    return walkOf(layer, job, answer.walk, fed.stored);
  }

  async close(): Promise<void> {
    this.#end(new Error('the analysis thread was closed'));
    await this.#worker.terminate();
  }

  /** Hashes what is stored on its way to the thread. Never rejects: what goes wrong ends the waiting for an answer. */
  async #feed(layer: Layer, open: Open, options: ReadLayerOptions): Promise<Fed> {
    const digester = layer.digest === null ? null : createDigester(algorithmOf(layer.digest));
    try {
      if (
        (await feed(this.#ring, BYTES, tapped(open(options.signal), digester, options))) &&
        (await this.#ring.nextFree()) !== null
      ) {
        this.#ring.pass(END, 0);
      }
      return { kind: 'fed', stored: digester?.digest() ?? null };
    } catch (error) {
      this.#end(error instanceof Error ? error : new Error(String(error)));
      return { kind: 'failed', error };
    }
  }

  #end(error: Error): void {
    this.#gone ??= error;
    this.#ring.close();
    this.#answered({ kind: 'fault', message: this.#gone.message });
  }
}

type Fed =
  | { readonly kind: 'fed'; readonly stored: Digest | null }
  | { readonly kind: 'failed'; readonly error: unknown };

function walkOf(layer: Layer, job: ThreadJob, sent: SentWalk, stored: Digest | null): Walk {
  const { columns, whiteouts, opaques, unreadable, actual, failure } = sent;
  return {
    table: { table: new FileTable(withBuffers(columns)), whiteouts, opaques, unreadable },
    results: new SentResults(job, sent),
    actual: actual === null ? null : { ...actual, stored },
    failure: failure === null ? null : fromOwnFailure(named(failure, layer)),
  };
}

/** The thread knows the layer by its diffID only. */
function named(failure: OwnFailure, layer: Layer): OwnFailure {
  return failure.object === layerName({ ...layer, digest: null }) ? { ...failure, object: layerName(layer) } : failure;
}

/** Buffers come over as plain arrays of bytes. */
function withBuffers(columns: Columns): Columns {
  const { paths, links, hashes } = columns;
  return { ...columns, paths: bufferOf(paths), links: bufferOf(links), hashes: bufferOf(hashes) };
}

function bufferOf({ buffer, byteOffset, length }: Uint8Array): Buffer {
  return Buffer.from(buffer, byteOffset, length);
}

class SentResults implements ScanResults {
  readonly #job: ThreadJob;
  readonly #sent: SentWalk;

  constructor(job: ThreadJob, sent: SentWalk) {
    this.#job = job;
    this.#sent = sent;
  }

  ofAnalyser(id: string): AnalyserFacts {
    return this.#sent.facts[this.#job.analysers.indexOf(id)] ?? { facts: [], unreadable: [] };
  }

  ofFile(_file: string, { analyser, path }: Named): AnalyserFacts {
    const { facts, unreadable } = this.ofAnalyser(analyser.id);
    return {
      facts: facts.filter((fact) => fact.path === path),
      unreadable: unreadable.filter((entry) => entry.path === path),
    };
  }

  failedInternally(id: string): boolean {
    return this.#sent.internal.includes(id);
  }
}

/** Hashes and counts what passes by. */
async function* tapped(
  source: AsyncIterable<Uint8Array>,
  digester: Digester | null,
  { signal, progress }: ReadLayerOptions,
): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of source) {
    signal?.throwIfAborted();
    digester?.update(chunk);
    bytes += chunk.length;
    progress?.(bytes);
    yield chunk;
  }
}
