import type { Digest } from '#base/digest.ts';
import { LimitError } from '#base/limits.ts';
import type { Analyser } from '#model/analyser.ts';
import type { Layer } from '#model/image.ts';
import type { LayerFacts, UnreadableEntry } from '#model/layer.ts';
import type { FactsStore } from '#model/ports.ts';
import { LayersError } from './error.ts';
import { FactsCache } from './facts-cache.ts';
import { InflateThreads } from './inflate/inflate-threads.ts';
import { FileTableBuilder } from './table/builder.ts';
import type { LayerTable } from './table/codec.ts';
import { EMPTY_TABLE } from './table/file-table.ts';
import { walkFolder } from './walk/folder-walk.ts';
import { Recorder } from './walk/recorder.ts';
import { type AnalyserFacts, Results, type ScanResults } from './walk/results.ts';
import { type ScanRequest, type Selector, selectorOf } from './walk/selection.ts';
import { LayerSink } from './walk/tar-sink.ts';
import { type ActualDigests, walkTar } from './walk/tar-walk.ts';

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
  /** Who walks through the content; `walkLayer` of this process when not given. */
  readonly reader?: LayerReader;
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
  const cache = new FactsCache(options.facts, layer.content.kind === 'folder' ? null : layer.diffId);
  const known = new Map<string, AnalyserFacts>();
  for (const analyser of analysers) {
    const facts = await cache.facts(analyser);
    if (facts !== null) {
      known.set(analyser.id, facts);
    }
  }
  const knownTable = await cache.table();
  const missing = analysers.filter((analyser) => !known.has(analyser.id));
  if (missing.length === 0 && knownTable !== null) {
    return compose(layer, analysers, known, {
      table: knownTable,
      cached: true,
      actualDiffId: layer.diffId,
      broken: [],
    });
  }
  const request: ScanRequest = { kind: 'wanted', analysers: missing, withTable: knownTable === null };
  const read = await scanLayer(layer, request, options);
  const table = knownTable ?? read.table;
  for (const analyser of missing) {
    const facts = read.results.ofAnalyser(analyser.id);
    known.set(analyser.id, facts);
    if (read.sound && !read.results.failedInternally(analyser.id)) {
      await cache.putFacts(analyser, facts);
    }
  }
  if (read.sound && knownTable === null) {
    await cache.putTable(table);
  }
  return compose(layer, analysers, known, {
    table,
    cached: false,
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
  const object = nameOf(layer);
  const { table, results, actual, failure } = await (options.reader ?? walkHere)(layer, request, options);
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

/** Asked for every regular file of a layer. */
export interface WalkRequest {
  readonly select: Selector;
  readonly withTable: boolean;
  /** Which folders of a folder layer are worth entering; all when not given. */
  readonly enters?: (folder: string) => boolean;
}

async function walkHere(layer: Layer, request: ScanRequest, options: ReadLayerOptions): Promise<Walk> {
  return await walkLayer(layer, { select: selectorOf(request), ...scopeOf(request) }, options);
}

/** The file table is part of a first reading only; a late one passes over folders that lead to none of its files. */
export function scopeOf(request: ScanRequest): Omit<WalkRequest, 'select'> {
  return request.kind === 'wanted'
    ? { withTable: request.withTable }
    : { withTable: false, enters: foldersOf(request.files) };
}

/** Walks through the content of a layer in this process. What breaks off keeps what was found before. */
export async function walkLayer(layer: Layer, request: WalkRequest, options: ReadLayerOptions): Promise<Walk> {
  const object = nameOf(layer);
  const results = new Results();
  const builder = request.withTable ? new FileTableBuilder(object) : null;
  const recorder = new Recorder({ select: request.select, results, table: builder });
  const sink = new LayerSink(object, recorder);
  let actual: ActualDigests | null = null;
  let failure: Walk['failure'] = null;
  try {
    actual = await readContent(layer, object, recorder, sink, request, options);
  } catch (error) {
    if (!(error instanceof LayersError || error instanceof LimitError)) {
      throw error;
    }
    failure = error;
  }
  const { whiteouts, opaques } = sink.deletions;
  return {
    table: { table: builder?.finish() ?? EMPTY_TABLE, whiteouts, opaques, unreadable: results.ofLayer() },
    results,
    actual,
    failure,
  };
}

/** Null for a folder, which has no digest. */
async function readContent(
  layer: Layer,
  object: string,
  recorder: Recorder,
  sink: LayerSink,
  { enters }: WalkRequest,
  options: ReadLayerOptions,
): Promise<ActualDigests | null> {
  const { signal, progress = () => undefined } = options;
  const { content } = layer;
  switch (content.kind) {
    case 'missing':
      throw new LayersError('LAYER_MISSING', 'the content of the layer is not there', { object });
    case 'folder':
      await walkFolder({
        root: content.path,
        recorder,
        progress,
        ...(enters && { enters }),
        ...(signal && { signal }),
      });
      return null;
    case 'tar': {
      const threads = options.threads ?? new InflateThreads();
      try {
        return await walkTar(layer, content.open, { object, sink, threads, progress, ...(signal && { signal }) });
      } finally {
        if (options.threads === undefined) {
          await threads.close();
        }
      }
    }
  }
}

/** Only folders on the way to one of the files. */
function foldersOf(files: ReadonlyMap<string, unknown>): (folder: string) => boolean {
  const folders = new Set(['']);
  for (const path of files.keys()) {
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
      folders.add(path.slice(0, end));
    }
  }
  return (folder) => folders.has(folder);
}

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
  readonly actualDiffId: Digest | null;
  readonly broken: readonly UnreadableEntry[];
}

function compose(
  layer: Layer,
  analysers: readonly Analyser[],
  known: ReadonlyMap<string, AnalyserFacts>,
  { table, cached, actualDiffId, broken }: Reading,
): LayerFacts {
  const parts = analysers.map((analyser) => known.get(analyser.id) ?? { facts: [], unreadable: [] });
  return {
    diffId: layer.diffId,
    actualDiffId,
    cached,
    entries: table.table,
    whiteouts: table.whiteouts,
    opaques: table.opaques,
    facts: parts.flatMap((part) => part.facts),
    unreadable: [...broken, ...table.unreadable, ...parts.flatMap((part) => part.unreadable)],
  };
}

/** `layer sha256:…`, by the digest that the user can find in the image's documents; a rootfs has none. */
function nameOf(layer: Layer): string {
  const digest = layer.digest ?? layer.diffId;
  return digest === null ? 'the root file system' : `layer ${digest}`;
}
