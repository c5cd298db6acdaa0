import type { Analyser } from '#model/analyser.ts';
import type { Layer } from '#model/image.ts';
import type { UnreadableEntry } from '#model/layer.ts';
import { factsCacheOf, type ReadLayerOptions, scanLayer } from '../read-layer.ts';
import type { Origin } from '../squash/node.ts';
import type { AnalyserFacts } from '../walk/results.ts';

/** A file of a layer that an analyser passed over for its name, and now is to see under another. */
export interface LateRequest {
  readonly analyser: Analyser;
  readonly origin: Origin;
  /** The path that the analyser is told. */
  readonly path: string;
}

export interface LateReading {
  /** What is wrong with the layer as a whole. */
  readonly broken: readonly UnreadableEntry[];
  /** True when another reading would give the same. */
  readonly sound: boolean;
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
 * Reads files of one layer again. Results are kept under the layer and the exact files asked for.
 */
export async function readLate(
  layer: Layer,
  requests: readonly LateRequest[],
  into: LateFacts,
  options: ReadLayerOptions,
): Promise<LateReading> {
  const cache = factsCacheOf(layer, options);
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
    return { broken: [], sound: true };
  }
  const wanted = missing.flat();
  const files = Map.groupBy(wanted, ({ origin }) => origin.path);
  const read = await scanLayer(layer, { kind: 'listed', files }, options);
  let { sound } = read;
  for (const group of missing) {
    const results = group.map(({ analyser, origin, path }) => read.results.ofFile(origin.path, { analyser, path }));
    group.forEach((request, index) => into.set(request, results[index] ?? { facts: [], unreadable: [] }));
    const [first] = group;
    if (first !== undefined && read.results.failedInternally(first.analyser.id)) {
      sound = false;
    } else if (read.sound) {
      await cache.putLateFacts(group, results);
    }
  }
  return { broken: read.broken, sound };
}

function keyOf({ analyser, origin, path }: LateRequest): string {
  return `${analyser.id}\0${origin.layer}\0${origin.path}\0${path}`;
}
