import type { Digest } from '#base/digest.ts';
import type { LimitError } from '#base/limits.ts';
import type { Analyser } from '#model/analyser.ts';
import type { Layer } from '#model/image.ts';
import type { LayerFacts, UnreadableEntry } from '#model/layer.ts';
import type { FactsStore } from '#model/ports.ts';
import { LayersError } from './error.ts';
import { FactsCache } from './facts-cache.ts';
import type { InflateThreads } from './inflate/inflate-threads.ts';
import { layerName } from './layer-name.ts';
import type { LayerTable } from './table/codec.ts';
import type { AnalyserFacts, ScanResults } from './walk/results.ts';
import type { ScanRequest } from './walk/selection.ts';
import type { ActualDigests } from './walk/tar-walk.ts';

export interface ReadLayerOptions {
  /** Where facts are kept; without it every reading is a first one. */
  readonly facts?: FactsStore;
  readonly signal?: AbortSignal;
  /** `report` turns a layer that is not what it should be into an unreadable entry instead of an error. */
  readonly integrity: 'require' | 'report';
  /** Called often with the bytes as stored that have been read so far. */
  readonly progress?: (bytes: number) => void;
  /** For callers that read several layers: the same threads serve them all. */
  readonly threads?: InflateThreads;
  /** Waits for the results to be kept, in place of `readLayer`. */
  readonly keeping?: (work: Promise<unknown>) => void;
  /** Who walks through the content; `walkLayer` of this process when not given. */
  readonly reader?: LayerReader;
  /** The reader is a process that is not believed to say what the layer's bytes hash to. */
  readonly isolated?: boolean;
}

/** A folder has no digest that could stand for it; nor has, for a process that is not believed, what is stored without one. */
export function factsCacheOf({ content, diffId, digest }: Layer, { facts, isolated }: ReadLayerOptions): FactsCache {
  const unnamed = content.kind === 'folder' || (isolated === true && digest === null);
  return new FactsCache(facts, unnamed ? null : diffId, isolated === true ? digest : null);
}

const NOTHING: AnalyserFacts = { facts: [], unreadable: [] };

function isNothing({ facts, unreadable }: AnalyserFacts): boolean {
  return facts.length === 0 && unreadable.length === 0;
}

/** The one part of reading that touches a layer's content. Throws what its source throws. */
export type LayerReader = (layer: Layer, request: ScanRequest, options: ReadLayerOptions) => Promise<Walk>;

/**
 * Reads a layer once from end to end for all analysers whose facts are not kept yet; reads nothing at all when all are.
 * Both digests are verified: `DIGEST_MISMATCH`, `DIFF_ID_MISMATCH`, `LAYER_CORRUPT`, `TAR_MALFORMED` and
 * `LAYER_MISSING` are thrown, or with `integrity: 'report'` noted under the analyser `integrity`. A problem with a single
 * file never ends the reading: it is an entry of `unreadable`.
 */
export async function readLayer(
  layer: Layer,
  analysers: readonly Analyser[],
  options: ReadLayerOptions,
): Promise<LayerFacts> {
  const cache = factsCacheOf(layer, options);
  const known = new Map<string, AnalyserFacts>();
  const knownTable = await cache.table();
  // Without it the whole layer is read again, and nobody is asked for what little may be left.
  const idle = new Set(knownTable === null ? [] : await cache.idle(analysers));
  for (const analyser of knownTable === null ? [] : analysers) {
    const facts = idle.has(analyser.id) ? NOTHING : await cache.facts(analyser);
    if (facts !== null) {
      known.set(analyser.id, facts);
    }
  }
  const missing = analysers.filter((analyser) => !known.has(analyser.id));
  if (missing.length === 0 && knownTable !== null) {
    return compose(layer, analysers, known, {
      table: knownTable,
      cached: true,
      sound: true,
      actualDiffId: layer.diffId,
      broken: [],
    });
  }
  const request: ScanRequest = { kind: 'wanted', analysers: missing, withTable: knownTable === null };
  const read = await scanLayer(layer, request, options);
  const table = knownTable ?? read.table;
  let { sound } = read;
  const kept: Promise<void>[] = [];
  for (const analyser of missing) {
    const facts = read.results.ofAnalyser(analyser.id);
    known.set(analyser.id, facts);
    if (read.results.failedInternally(analyser.id)) {
      sound = false;
    } else if (isNothing(facts)) {
      idle.add(analyser.id);
    } else if (read.sound) {
      kept.push(cache.putFacts(analyser, facts));
    }
  }
  if (read.sound && idle.size > 0) {
    kept.push(cache.putIdle(analysers, idle));
  }
  if (read.sound && knownTable === null) {
    kept.push(cache.putTable(table));
  }
  if (options.keeping === undefined) {
    await Promise.all(kept);
  } else {
    options.keeping(Promise.all(kept));
  }
  return compose(layer, analysers, known, {
    table,
    cached: false,
    sound,
    actualDiffId: read.actualDiffId,
    broken: read.broken,
  });
}

/** What one walk gave, before anything is compared with what was promised. */
export interface Walk {
  readonly table: LayerTable;
  readonly results: ScanResults;
  /** Null for a folder, and for a layer that was not read to its end. */
  readonly actual: ActualDigests | null;
  /** What ended the walk early. */
  readonly failure: LayersError | LimitError | null;
}

export interface Scan {
  readonly table: LayerTable;
  readonly results: ScanResults;
  readonly actualDiffId: Digest | null;
  /** What is wrong with the layer as a whole. */
  readonly broken: readonly UnreadableEntry[];
  /** True when the whole layer was read and is what was promised: only then may the result be kept. */
  readonly sound: boolean;
}

/** One reading of a layer, whatever is kept of it. */
export async function scanLayer(layer: Layer, request: ScanRequest, options: ReadLayerOptions): Promise<Scan> {
  const object = layerName(layer);
  const { table, results, actual, failure } = await (options.reader ?? readHere)(layer, request, options);
  const broken: UnreadableEntry[] = [];
  if (failure !== null) {
    if (options.integrity === 'require') {
      throw failure;
    }
    // A missing blob is among the image's problems already.
    if (layer.content.kind !== 'missing') {
      broken.push({ path: null, analyser: 'integrity', reason: failure.message });
    }
  }
  if (actual !== null) {
    for (const mismatch of mismatches(layer, object, actual)) {
      if (options.integrity === 'require') {
        throw mismatch;
      }
      broken.push({ path: null, analyser: 'integrity', reason: mismatch.message });
    }
  }
  const unreadable = [...table.unreadable];
  if (actual?.ended === false && layer.digest === null && layer.diffId === null) {
    const reason =
      'expected an end of the archive, found none: it may have been cut off, and no digest says that it is whole';
    unreadable.push({ path: null, analyser: 'layers', reason });
  }
  return {
    table: { ...table, unreadable },
    results,
    actualDiffId: actual?.tar ?? null,
    broken,
    sound: actual !== null && broken.length === 0,
  };
}

/** Facts that are at hand need no reader: it is loaded when something has to be read. */
const readHere: LayerReader = async (layer, request, options) => {
  const { walkHere } = await import('./walk/walk-layer.ts');
  return await walkHere(layer, request, options);
};

function mismatches(layer: Layer, object: string, actual: ActualDigests): readonly LayersError[] {
  const found: LayersError[] = [];
  if (layer.digest !== null && actual.stored !== layer.digest) {
    const detail = { object, expected: layer.digest, found: actual.stored ?? 'no digest' };
    found.push(new LayersError('DIGEST_MISMATCH', 'the bytes as stored are not those of the manifest', detail));
  }
  if (layer.diffId !== null && actual.tar !== layer.diffId) {
    const detail = { object, expected: layer.diffId, found: actual.tar };
    found.push(new LayersError('DIFF_ID_MISMATCH', 'the tar is not the one of the image config', detail));
  }
  return found;
}

interface Reading {
  readonly table: LayerTable;
  readonly cached: boolean;
  readonly sound: boolean;
  readonly actualDiffId: Digest | null;
  readonly broken: readonly UnreadableEntry[];
}

function compose(
  layer: Layer,
  analysers: readonly Analyser[],
  known: ReadonlyMap<string, AnalyserFacts>,
  { table, cached, sound, actualDiffId, broken }: Reading,
): LayerFacts {
  const parts = analysers.map((analyser) => known.get(analyser.id) ?? { facts: [], unreadable: [] });
  return {
    diffId: layer.diffId,
    actualDiffId,
    cached,
    sound,
    entries: table.table,
    whiteouts: table.whiteouts,
    opaques: table.opaques,
    facts: parts.flatMap((part) => part.facts),
    unreadable: [...broken, ...table.unreadable, ...parts.flatMap((part) => part.unreadable)],
  };
}
