import type { Analyser } from '#model/analyser.ts';
import type { Layer } from '#model/image.ts';
import type { UnreadableEntry } from '#model/layer.ts';
import { FactsCache } from '../facts-cache.ts';
import { type ReadLayerOptions, scanLayer } from '../read-layer.ts';
import type { Origin } from '../squash/node.ts';
import type { AnalyserFacts } from '../walk/results.ts';
import { listed, type Selection } from '../walk/selection.ts';

/** A file of a layer that an analyser passed over for its name, and now is to see under another. */
export interface LateRequest {
  readonly analyser: Analyser;
  readonly origin: Origin;
  /** The path that the analyser is told. */
  readonly path: string;
}

/** What late readings gave, by request. */
export class LateFacts {
  readonly #results = new Map<string, AnalyserFacts>();

  get(request: LateRequest): AnalyserFacts | undefined {
    return this.#results.get(keyOf(request));
  }

  set(request: LateRequest, facts: AnalyserFacts): void {
    this.#results.set(keyOf(request), facts);
  }
}

/**
 * Reads files of one layer again. Results are kept under the layer and the exact files asked for. The entries returned say
 * what is wrong with the layer as a whole.
 */
export async function readLate(
  layer: Layer,
  requests: readonly LateRequest[],
  into: LateFacts,
  options: ReadLayerOptions,
): Promise<readonly UnreadableEntry[]> {
  const cache = new FactsCache(options.facts, layer.content.kind === 'folder' ? null : layer.diffId);
  const missing: LateRequest[][] = [];
  for (const group of Map.groupBy(requests, ({ analyser }) => analyser).values()) {
    const known = await cache.lateFacts(group);
    if (known === null) {
      missing.push(group);
    } else {
      group.forEach((request, index) => into.set(request, known[index] ?? { facts: [], unreadable: [] }));
    }
  }
  if (missing.length === 0) {
    return [];
  }
  const wanted = missing.flat();
  const files = Map.groupBy(wanted, ({ origin }) => origin.path);
  const read = await scanLayer(layer, { select: listed(files), withTable: false, enters: foldersOf(files) }, options);
  for (const group of missing) {
    const results = group.map(({ analyser, origin, path }) => read.results.ofFile(origin.path, { analyser, path }));
    group.forEach((request, index) => into.set(request, results[index] ?? { facts: [], unreadable: [] }));
    const [first] = group;
    if (read.sound && first !== undefined && !read.results.failedInternally(first.analyser.id)) {
      await cache.putLateFacts(group, results);
    }
  }
  return read.broken;
}

/** Only folders on the way to one of the files. */
function foldersOf(files: ReadonlyMap<string, readonly Selection[]>): (folder: string) => boolean {
  const folders = new Set(['']);
  for (const path of files.keys()) {
    for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
      folders.add(path.slice(0, end));
    }
  }
  return (folder) => folders.has(folder);
}

function keyOf({ analyser, origin, path }: LateRequest): string {
  return `${analyser.id}\0${origin.layer}\0${origin.path}\0${path}`;
}
