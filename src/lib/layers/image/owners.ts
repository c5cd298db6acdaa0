import { splitHeads } from '#base/content-hash.ts';
import type { FileFact } from '#model/layer.ts';
import type { OwnedFiles } from '#model/ownership.ts';
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
  readonly #contents: ClaimTable;
  readonly #diverted: DivertedFiles;

  /** Throws `LIMIT_EXCEEDED` for lists of more files than an image may have. */
  constructor(view: SquashedView, live: readonly LiveFact[]) {
    const diversions = live.flatMap(({ fact }) => fact.found.diversions ?? []);
    const { paths, contents } = claimsOf(live);
    this.#names = new PathNames(view);
    this.#table = new ClaimTable(paths);
    this.#contents = new ClaimTable(contents);
    this.#diverted = new DivertedFiles(diversions, this.#table, this.#names);
  }

  /**
   * The owner of the file that is at a path of the view, without links. Where both the digests of the file and those of the
   * package are known, they say whether it is still the package's. Else nobody owns a file whose content is from a layer
   * above the list that names it: it was changed after the package was installed.
   */
  ownerOf({ path, layer }: FileOrigin, digests?: string): NamedPackage | null {
    const here = this.#names.of(path);
    const diverted = this.#diverted.claimsTo(here);
    const { names, claims } = diverted ?? { names: here, claims: here.map((name) => this.#table.find(name)) };
    const isUnchanged = (claim: Claim): boolean =>
      digests !== undefined && claim.digested
        ? this.#hasContent(claim, names, splitHeads(digests))
        : claim.layer >= layer;
    return claims.find((claim) => claim !== null && isUnchanged(claim))?.owner ?? null;
  }

  #hasContent({ owner }: Claim, names: readonly string[], heads: readonly string[]): boolean {
    return names.some((name) => heads.some((head) => this.#contents.find(name + head)?.owner === owner));
  }
}

/** What live lists claim for packages that a live database has; the uppermost list first. */
function claimsOf(live: readonly LiveFact[]): {
  readonly paths: readonly Claim[];
  readonly contents: readonly Claim[];
} {
  const installed = installedPackages(live);
  const owners = new Map<PackageRecord, NamedPackage>();
  const paths: Claim[] = [];
  const contents: Claim[] = [];
  for (const { fact, layer } of live) {
    for (const owned of fact.found.owned ?? []) {
      const { files, contents: digests = '' } = owned;
      const record = installed.get(keyOf(fact, owned.package, owned));
      if (record !== undefined) {
        const owner = owners.get(record) ?? withoutDetails(record);
        owners.set(record, owner);
        paths.push({ owner, layer, files, digested: false });
        if (digests !== '') {
          contents.push({ owner, layer, files: digests, digested: true });
        }
      }
    }
  }
  const digested = new Set(contents.map(({ owner }) => owner));
  const marked = paths.map((claim) => ({ ...claim, digested: digested.has(claim.owner) }));
  return { paths: marked.toSorted(byLayer), contents: contents.toSorted(byLayer) };
}

function byLayer(a: Claim, b: Claim): number {
  return b.layer - a.layer;
}

/** By database and name, and by these with the architecture, the version, or both. */
function installedPackages(live: readonly LiveFact[]): ReadonlyMap<string, PackageRecord> {
  const installed = new Map<string, PackageRecord>();
  for (const { fact } of live) {
    for (const record of fact.found.packages ?? []) {
      const { name, version, architecture } = record;
      const ofArchitecture = architecture === undefined ? [] : [{ architecture }, { architecture, version }];
      for (const details of [{}, { version }, ...ofArchitecture]) {
        const key = keyOf(fact, name, details);
        installed.set(key, installed.get(key) ?? record);
      }
    }
  }
  return installed;
}

function withoutDetails(record: PackageRecord): NamedPackage {
  const { licenses: _licenses, vendor: _vendor, requires: _requires, provides: _provides, ...owner } = record;
  return owner;
}

function keyOf({ analyser }: FileFact, name: string, { architecture, version }: Partial<OwnedFiles>): string {
  return [analyser, name, architecture ?? '', version ?? ''].join('\0');
}
