import { compareText } from '#base/compare.ts';
import { isAppError, quote } from '#base/error.ts';
import type { Inventory } from '#model/inventory.ts';
import { type Package, SYSTEM_PACKAGE_TYPES } from '#model/package.ts';
import { type PurlParts, parsePurl } from '#model/purl.ts';
import type { SbomComponent, SbomDocument } from '#model/sbom.ts';
import type { Unknown } from '#model/unknown.ts';
import { saysIncomplete } from './formats/said.ts';
import { withDependencies } from './packages/dependencies.ts';
import { distributionIn } from './packages/distribution.ts';
import { isPackageType, toPackage } from './packages/package.ts';

/**
 * What a document lists, as the inventory of an image that nobody looked into. Something listed that cannot be matched,
 * for want of a package URL or of anybody who knows its type, is an unknown.
 */
export function inventoryOf(document: SbomDocument): Inventory {
  const unknowns: Unknown[] = document.unknowns.filter(isAboutContent);
  const readable: Readable[] = [];
  const others = new Map<string, number>();
  for (const component of document.components) {
    const purl = purlOf(component, unknowns);
    if (purl === null) {
      continue;
    }
    if (isPackageType(purl.type)) {
      readable.push({ component, purl, type: purl.type });
    } else {
      others.set(purl.type, (others.get(purl.type) ?? 0) + 1);
    }
  }
  unknowns.push(...[...others].toSorted(([a], [b]) => compareText(a, b)).map(([type, count]) => unlisted(type, count)));
  const said = document.os ?? distributionIn(readable.map(({ purl }) => purl));
  const os = said !== null && 'reason' in said ? null : said;
  if (said !== null && 'reason' in said) {
    unknowns.push(said);
  }
  const listed = merge(readable.map(({ component, purl, type }) => toPackage(component, purl, type, document.os)));
  const packages = withDependencies(listed, document, readable);
  return {
    os,
    packages,
    unknowns: [...unknowns, ...withoutSystem(packages, unknowns)],
    databases: [],
    ...(document.builds === undefined ? {} : { builds: document.builds }),
    files: null,
    executables: null,
    content: 'declared',
  };
}

interface Readable {
  readonly component: SbomComponent;
  readonly purl: PurlParts;
  readonly type: Package['type'];
}

/** What an earlier match could not tell says nothing of what is in the image; this one will say it again. */
function isAboutContent({ analyser, kind }: Unknown): boolean {
  return analyser !== 'match' && analyser !== 'advisories' && !kind.endsWith('-advisories');
}

function purlOf({ purl, at, name }: SbomComponent, unknowns: Unknown[]): PurlParts | null {
  const called = `${at} (${quote(name, 80)})`;
  if (purl === null) {
    unknowns.push(saysIncomplete(`${called} has no package URL, so that nothing can be matched with it`));
    return null;
  }
  try {
    return parsePurl(purl);
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    unknowns.push(saysIncomplete(`${called} has a package URL that cannot be read: ${error.message}`));
    return null;
  }
}

function unlisted(type: string, count: number): Unknown {
  const them = count === 1 ? 'component of type' : 'components of type';
  return saysIncomplete(
    `${count} ${them} ${quote(type, 40)} ${count === 1 ? 'is' : 'are'} not listed: nothing is known of this type`,
  );
}

/** Documents list a package once for each place, or once with all of them. */
function merge(packages: readonly Package[]): readonly Package[] {
  const merged = Map.groupBy(packages, ({ cataloger, purl, name }) => `${cataloger}\0${purl}\0${name}`);
  return [...merged.values()]
    .flatMap(([first, ...more]): readonly Package[] => {
      if (first === undefined || more.length === 0) {
        return first === undefined ? [] : [first];
      }
      const locations = [first, ...more].flatMap((entry) => entry.locations);
      return [{ ...first, locations: locations.toSorted((one, other) => compareText(one.path, other.path)) }];
    })
    .toSorted(comparePackages);
}

/** By type, name, version, purl, first location. */
export function comparePackages(a: Package, b: Package): number {
  return (
    compareText(a.type, b.type) ||
    compareText(a.name, b.name) ||
    compareText(a.version, b.version) ||
    compareText(a.purl, b.purl) ||
    compareText(a.locations[0]?.path ?? '', b.locations[0]?.path ?? '')
  );
}

const SYSTEM_TYPES: ReadonlySet<string> = new Set(SYSTEM_PACKAGE_TYPES);

function withoutSystem(packages: readonly Package[], unknowns: readonly Unknown[]): readonly Unknown[] {
  const isKnown =
    packages.some(({ type }) => SYSTEM_TYPES.has(type)) || unknowns.some(({ kind }) => kind === 'no-package-database');
  const reason = 'the document lists no package of an operating system';
  return isKnown ? [] : [{ kind: 'no-package-database', path: null, layer: null, analyser: 'sbom', reason }];
}
