import type { FileFact } from '#model/layer.ts';
import type { NamedPackage, PackageRecord } from '#model/package.ts';
import type { FileOrigin, SquashedView } from '../squash/view.ts';
import { type Claim, ClaimTable } from './claims.ts';
import { DivertedFiles } from './diverted-files.ts';
import type { LiveFact } from './live.ts';
import { PathNames } from './path-names.ts';

/** Tells which package of the image's own databases owns a file of the view, as the lists of these databases have it. */
export class OwnerFinder {
  readonly #names: PathNames;
  readonly #table: ClaimTable;
  readonly #diverted: DivertedFiles;

  /** Throws `LIMIT_EXCEEDED` for lists of more files than an image may have. */
  constructor(view: SquashedView, live: readonly LiveFact[]) {
    const diversions = live.flatMap(({ fact }) => fact.found.diversions ?? []);
    this.#names = new PathNames(view);
    this.#table = new ClaimTable(claimsOf(live));
    this.#diverted = new DivertedFiles(diversions, this.#table, this.#names);
  }

  /**
   * The owner of the file that is at a path of the view, without links. Nobody owns a file whose content is from a layer
   * above the list that names it: it was changed after the package was installed.
   */
  ownerOf({ path, layer }: FileOrigin): NamedPackage | null {
    const names = this.#names.of(path);
    const claims = this.#diverted.claimsTo(names) ?? names.map((name) => this.#table.find(name));
    return claims.find((claim) => claim !== null && claim.layer >= layer)?.owner ?? null;
  }
}

/** What live lists claim for packages that a live database has; the uppermost list first. */
function claimsOf(live: readonly LiveFact[]): readonly Claim[] {
  const installed = new Map<string, PackageRecord>();
  for (const { fact } of live) {
    for (const record of fact.found.packages ?? []) {
      for (const key of [keyOf(fact, record.name, record.architecture), keyOf(fact, record.name)]) {
        installed.set(key, installed.get(key) ?? record);
      }
    }
  }
  const claims: Claim[] = [];
  for (const { fact, layer } of live) {
    for (const { package: name, architecture, files } of fact.found.owned ?? []) {
      const record = installed.get(keyOf(fact, name, architecture));
      if (record !== undefined) {
        const { licenses: _licenses, vendor: _vendor, requires: _requires, provides: _provides, ...owner } = record;
        claims.push({ owner, layer, files });
      }
    }
  }
  return claims.toSorted((a, b) => b.layer - a.layer);
}

function keyOf({ analyser }: FileFact, name: string, architecture?: string): string {
  return [analyser, name, ...(architecture === undefined ? [] : [architecture])].join('\0');
}
