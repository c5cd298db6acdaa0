import type { Analyser, FileInfo } from '#model/analyser.ts';
import type { FileFact, LayerFacts, UnreadableEntry } from '#model/layer.ts';
import type { NamedPackage } from '#model/package.ts';
import type { Origin, Version } from '../squash/node.ts';
import type { Displaced, LayerProblem, Resolved, SquashedView } from '../squash/view.ts';
import type { AnalyserFacts } from '../walk/results.ts';
import type { Aliases } from './known-paths.ts';
import type { LateFacts, LateRequest } from './late.ts';

/** What an analyser found in a file that is in the squashed view. */
export interface LiveFact {
  readonly fact: FileFact;
  /** In the view; the known path where the analyser's known path leads here through a link. */
  readonly path: string;
  /** The layer that the content comes from. */
  readonly layer: number;
  /** The OS package that the file belongs to. */
  readonly owner?: NamedPackage;
  /** The files that describe what its packages need, where the analyser says how they are looked up. */
  readonly needs?: readonly string[];
  /** What it found in the contents of this path that were overwritten in place, newest first. A deletion in between ends it. */
  readonly history: readonly { readonly layer: number; readonly fact: FileFact }[];
}

/** A file that one analyser's results are asked for: where it is in the view, and the path that the analyser is told. */
interface Place {
  readonly file: Resolved;
  readonly path: string;
}

interface FileResults {
  readonly origin: Origin;
  readonly facts: readonly FileFact[];
  readonly unreadable: readonly UnreadableEntry[];
}

/** A view, with the files that do not hang where their layer has them by the layer and path of their content. */
export interface ViewIndex {
  readonly view: SquashedView;
  readonly displaced: ReadonlyMap<string, readonly Displaced[]>;
}

/** Made once for all analysers. */
export function indexView(view: SquashedView): ViewIndex {
  return { view, displaced: Map.groupBy(view.displaced(), ({ file }) => keyOf(file.origin)) };
}

/** Joins the results of one analyser, which are by layer and path there, with the files that are in the view. */
export class LiveFinder {
  readonly #view: SquashedView;
  readonly #analyser: Analyser;
  readonly #aliases: Aliases;
  readonly #results: ReadonlyMap<string, FileResults>;
  readonly #displaced: ViewIndex['displaced'];

  constructor({ view, displaced }: ViewIndex, layers: readonly LayerFacts[], analyser: Analyser, aliases: Aliases) {
    this.#view = view;
    this.#displaced = displaced;
    this.#analyser = analyser;
    this.#aliases = aliases;
    this.#results = resultsByOrigin(layers, analyser);
  }

  /** Contents that the analyser is to see under a name it wants, but passed over under the name that their layer has. */
  lateRequests(): readonly LateRequest[] {
    const requests: LateRequest[] = [];
    for (const { file, path } of this.#foundByView()) {
      for (const { layer, path: inLayer, mode, size } of versionsOf(file)) {
        if (!this.#wants({ path: inLayer, mode, size })) {
          requests.push({ analyser: this.#analyser, origin: { layer, path: inLayer }, path });
        }
      }
    }
    return requests;
  }

  /** The results that are live, those of late readings among them, in the order of paths. */
  live(late: LateFacts): { readonly facts: readonly LiveFact[]; readonly unreadable: readonly LayerProblem[] } {
    const facts: LiveFact[] = [];
    const unreadable: LayerProblem[] = [];
    for (const { file, path } of this.#places()) {
      const [current, ...older] = versionsOf(file).map((version) => ({
        layer: version.layer,
        ...this.#resultsOf(version, path, late),
      }));
      if (current === undefined) {
        continue;
      }
      const { layer } = current;
      const history = older.flatMap((version) => version.facts.map((fact) => ({ layer: version.layer, fact })));
      facts.push(...current.facts.map((fact) => ({ fact, path, layer, history })));
      unreadable.push(...current.unreadable.map((entry) => ({ ...entry, path, layer })));
    }
    return { facts: facts.toSorted((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)), unreadable };
  }

  #resultsOf(version: Version, path: string, late: LateFacts): AnalyserFacts {
    const origin = { layer: version.layer, path: version.path };
    return this.#results.get(keyOf(origin)) ?? late.get({ analyser: this.#analyser, origin, path }) ?? NOTHING;
  }

  /** Every file of the view that may have results, each once. */
  *#places(): Generator<Place> {
    const seen = new Set<string>();
    for (const places of [this.#foundByLayer(), this.#foundByView()]) {
      for (const place of places) {
        if (!seen.has(place.file.path)) {
          seen.add(place.file.path);
          yield place;
        }
      }
    }
  }

  /** Where the files that gave results in their layer are in the view, if they still are. */
  *#foundByLayer(): Generator<Place> {
    for (const [key, { origin }] of this.#results) {
      const direct = this.#view.at(origin.path);
      if (direct !== null && keyOf(direct.origin) === key) {
        yield this.#place(direct);
      }
      for (const { file, hardlink } of this.#displaced.get(key) ?? []) {
        // Another name of a package database does not make a second database, but another program it may be.
        if (!hardlink || this.#wants(file)) {
          yield this.#place(file);
        }
      }
    }
  }

  /** The files that known paths lead to, and those that have a wanted name only in the view. */
  *#foundByView(): Generator<Place> {
    for (const path of this.#aliases.keys()) {
      const file = this.#view.at(path);
      if (file !== null) {
        yield this.#place(file);
      }
    }
    for (const group of this.#displaced.values()) {
      for (const { file } of group) {
        if (!this.#aliases.has(file.path) && this.#wants(file)) {
          yield this.#place(file);
        }
      }
    }
  }

  #place(file: Resolved): Place {
    return { file, path: this.#aliases.get(file.path) ?? file.path };
  }

  /** An analyser that throws here has thrown in the walk too, and is noted there. */
  #wants({ path, mode, size }: FileInfo): boolean {
    try {
      return this.#analyser.wants({ path, mode, size });
    } catch {
      return false;
    }
  }
}

const NOTHING: AnalyserFacts = { facts: [], unreadable: [] };

function resultsByOrigin(layers: readonly LayerFacts[], analyser: Analyser): ReadonlyMap<string, FileResults> {
  const results = new Map<string, { origin: Origin; facts: FileFact[]; unreadable: UnreadableEntry[] }>();
  const at = (layer: number, path: string): { facts: FileFact[]; unreadable: UnreadableEntry[] } => {
    const origin = { layer, path };
    const known = results.get(keyOf(origin)) ?? { origin, facts: [], unreadable: [] };
    results.set(keyOf(origin), known);
    return known;
  };
  for (const [layer, { facts, unreadable }] of layers.entries()) {
    for (const fact of facts) {
      if (fact.analyser === analyser.id) {
        at(layer, fact.path).facts.push(fact);
      }
    }
    for (const entry of unreadable) {
      if (entry.analyser === analyser.id && entry.path !== null) {
        at(layer, entry.path).unreadable.push(entry);
      }
    }
  }
  return results;
}

/** The content at a path and those it took the place of, newest first. */
function versionsOf({ origin, mode, size, older }: Resolved): readonly Version[] {
  const versions: Version[] = [];
  for (let version: Version | null = { ...origin, mode, size, older }; version !== null; version = version.older) {
    versions.push(version);
  }
  return versions;
}

function keyOf({ layer, path }: Origin): string {
  return `${layer}\0${path}`;
}
