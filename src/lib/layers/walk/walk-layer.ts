import { LimitError } from '#base/limits.ts';
import type { Layer } from '#model/image.ts';
import { LayersError } from '../error.ts';
import { InflateThreads } from '../inflate/inflate-threads.ts';
import { layerName } from '../layer-name.ts';
import type { ReadLayerOptions, Walk } from '../read-layer.ts';
import { FileTableBuilder } from '../table/builder.ts';
import { EMPTY_TABLE } from '../table/file-table.ts';
import { walkFolder } from './folder-walk.ts';
import { Recorder } from './recorder.ts';
import { Results } from './results.ts';
import { type ScanRequest, type Selector, selectorOf } from './selection.ts';
import { LayerSink } from './tar-sink.ts';
import { type ActualDigests, walkTar } from './tar-walk.ts';

/** Asked for every regular file of a layer. */
export interface WalkRequest {
  readonly select: Selector;
  readonly withTable: boolean;
  /** Which folders of a folder layer are worth entering; all when not given. */
  readonly enters?: (folder: string) => boolean;
}

/** Walks through the content of a layer in this process, for plain requests. */
export async function walkHere(layer: Layer, request: ScanRequest, options: ReadLayerOptions): Promise<Walk> {
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
  const object = layerName(layer);
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
