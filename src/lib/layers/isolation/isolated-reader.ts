import { algorithmOf, createDigester, type Digest } from '#base/digest.ts';
import type { Layer } from '#model/image.ts';
import type { LayerReader, ReadLayerOptions, Walk } from '../read-layer.ts';
import { EMPTY_TABLE } from '../table/file-table.ts';
import type { ScanRequest } from '../walk/selection.ts';
import { walkLayer } from '../walk/walk-layer.ts';
import type { Answer } from './answer.ts';
import { ContainedResults } from './contained-results.ts';
import { Containment } from './containment.ts';
import type { OpenContent, ProcessLink } from './link.ts';
import type { Job, Visit } from './protocol.ts';
import type { Outcome } from './reading.ts';
import type { TimeLimits } from './stopwatch.ts';

/** Analysis processes, each for one layer at a time. */
export interface LinkPool {
  /** One that is ready. A folder is for a process of its own, since no other may read it. Throws when none can be started. */
  take(folder: string | null, signal: AbortSignal | undefined): Promise<ProcessLink>;
  /** Always called for what `take` gave, which is not used again: its layer may have taken it over. */
  give(link: ProcessLink): void;
}

/**
 * Reads layers in other processes. What ends a process becomes an entry of what could not be read, with its analyser and
 * file where they are known, and the rest of the layer is read by the next process.
 */
export function createIsolatedReader(pool: LinkPool, limits: TimeLimits): LayerReader {
  return async (layer, request, options) =>
    layer.content.kind === 'missing'
      ? await walkLayer(layer, { select: () => [], withTable: false }, options)
      : await new IsolatedReading(pool, limits, layer, request, options).run();
}

class IsolatedReading {
  readonly #pool: LinkPool;
  readonly #limits: TimeLimits;
  readonly #layer: Layer;
  readonly #options: ReadLayerOptions;
  readonly #job: Omit<Job, keyof Containment['orders']>;
  readonly #containment = new Containment();

  constructor(pool: LinkPool, limits: TimeLimits, layer: Layer, request: ScanRequest, options: ReadLayerOptions) {
    this.#pool = pool;
    this.#limits = limits;
    this.#layer = layer;
    this.#options = options;
    this.#job = jobOf(layer, request);
  }

  async run(): Promise<Walk> {
    while (this.#containment.layer === null) {
      const { outcome, stored } = await this.#attempt();
      if (outcome.kind === 'answer') {
        return this.#walk(outcome.answer, stored());
      }
      this.#containment.ended(outcome.cause, outcome.visit);
    }
    const unreadable = [{ path: null, analyser: 'layers', reason: this.#containment.layer }];
    return {
      table: { table: EMPTY_TABLE, whiteouts: [], opaques: [], unreadable },
      results: new ContainedResults(this.#job, this.#containment, null),
      actual: null,
      failure: null,
    };
  }

  /** One process' try; what is stored is hashed here, on its way to the process. */
  async #attempt(): Promise<{ readonly outcome: Outcome; readonly stored: () => Digest | null }> {
    const { signal, progress } = this.#options;
    const digester = this.#layer.digest === null ? null : createDigester(algorithmOf(this.#layer.digest));
    let bytes = 0;
    const taken = (chunk: Uint8Array): void => {
      digester?.update(chunk);
      bytes += chunk.length;
      progress?.(bytes);
    };
    const link = await this.#pool.take(this.#job.folder, signal);
    try {
      const options = {
        limits: this.#limits,
        taken,
        read: (count: number) => progress?.(count),
        ...(signal && { signal }),
      };
      const outcome = await link.read({ ...this.#job, ...this.#containment.orders }, openerOf(this.#layer), options);
      return { outcome, stored: () => digester?.digest() ?? null };
    } finally {
      this.#pool.give(link);
    }
  }

  /** The tar's digest is what the process says, and is compared with what was promised like that of any reading. */
  #walk(answer: Answer, stored: Digest | null): Walk {
    const { table, actual, failure } = answer;
    return {
      table,
      results: new ContainedResults(this.#job, this.#containment, answer),
      actual: actual === null ? null : { ...actual, stored },
      failure,
    };
  }
}

function openerOf({ content }: Layer): OpenContent {
  return content.kind === 'tar' ? (signal) => content.open(signal) : null;
}

function jobOf({ diffId, digest, content }: Layer, request: ScanRequest): Omit<Job, keyof Containment['orders']> {
  const folder = content.kind === 'folder' ? content.path : null;
  const common = { diffId, digest, folder };
  if (request.kind === 'wanted') {
    return { ...common, analysers: request.analysers.map(named), withTable: request.withTable, listed: null };
  }
  const analysers = [...new Set([...request.files.values()].flat().map(({ analyser }) => analyser))];
  const listed: Visit[] = [];
  for (const [file, selections] of request.files) {
    for (const { analyser, path } of selections) {
      listed.push({ analyser: analysers.indexOf(analyser), file, path });
    }
  }
  return { ...common, analysers: analysers.map(named), withTable: false, listed };
}

function named({ id, version }: { readonly id: string; readonly version: number }): Job['analysers'][number] {
  return { id, version };
}
