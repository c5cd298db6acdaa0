import type { LiveFact } from '#lib/layers/index.ts';
import type { Origin } from '#model/origin.ts';
import type { PackageRecord } from '#model/package.ts';

/** From where packages were got, by the files that installers leave beside those that describe them. */
export class PackageOrigins {
  /** Null where two files say different things. */
  readonly #byPlace = new Map<string, Origin | null>();

  constructor(live: readonly LiveFact[]) {
    for (const { analyser, found } of live.map(({ fact }) => fact)) {
      for (const origin of found.origins ?? []) {
        const place = `${analyser}\0${origin.path}`;
        const known = this.#byPlace.get(place);
        const agrees = known === undefined || (known?.url === origin.url && known.version === origin.version);
        this.#byPlace.set(place, agrees ? origin : null);
      }
    }
  }

  /** The record with where it was got, for a package that the analyser found in the file. */
  mark(analyser: string, path: string, record: PackageRecord): PackageRecord {
    const origin = this.#byPlace.size === 0 ? undefined : this.#byPlace.get(`${analyser}\0${path}`);
    // An installer may not have been the last to write to the folder.
    return origin && (origin.version ?? record.version) === record.version ? { ...record, origin: origin.url } : record;
  }
}

/** The one place that all of them were got from; nothing where one of them may be from elsewhere. */
export function commonOrigin(records: readonly PackageRecord[]): string | undefined {
  const [first, ...others] = new Set(records.map(({ origin }) => origin));
  return others.length === 0 ? first : undefined;
}
