import type { PackageHash } from '#model/package.ts';
import { type PurlParts, parsePurlOrNull } from '#model/purl.ts';
import { bomLink } from '../bom-link.ts';
import type { VexComponent } from '../document.ts';
import { type Cpe, cpeCovers, parseCpe } from './cpe.ts';
import { type InRange, isInRange } from './vers.ts';

/** A package of the image. */
export interface FoundPackage {
  readonly purl: string;
  /** As its ecosystem writes it. */
  readonly version: string;
  readonly cpe: string | null;
  readonly hashes: readonly PackageHash[];
  /** Links to it in CycloneDX documents that list it (`urn:cdx:serial/version#ref`). */
  readonly links: ReadonlySet<string>;
}

/** One as statements may name it. */
export interface NamedPackage extends Pick<FoundPackage, 'version' | 'hashes' | 'links'> {
  /** Of its package URL; empty where that cannot be read. */
  readonly type: string;
  readonly purls: readonly PurlParts[];
  readonly cpe: Cpe | null;
}

/** The package URL that Node.js gives itself in its own VEX document; a program has no other name than `generic` here. */
const NODE = { cpe: 'cpe:2.3:a:nodejs:node.js:', type: 'nodejs', name: 'node' };

export function namedPackage({ purl, version, cpe, hashes, links }: FoundPackage): NamedPackage {
  const parts = parsePurlOrNull(purl);
  return {
    version,
    hashes,
    links,
    type: parts?.type ?? '',
    purls: [
      ...(parts === null ? [] : [parts]),
      ...(cpe?.startsWith(NODE.cpe) === true ? [{ type: NODE.type, name: NODE.name, version: `v${version}` }] : []),
    ],
    cpe: cpe === null ? null : parseCpe(cpe),
  };
}

/** Says of packages whether a component is one of them; a text says why nobody can tell. */
export type PackageMatcher = (found: NamedPackage) => InRange;

/** Null for a component whose identifiers can name no package. */
export function packageMatcher({ ids, hashes, versions }: VexComponent): PackageMatcher | null {
  const purls = ids.flatMap((id) => parsePurlOrNull(id) ?? []).filter(({ type }) => type !== 'oci');
  const cpes = ids.flatMap((id) => {
    const cpe = parseCpe(id);
    return cpe === null ? [] : [cpe];
  });
  const links = ids.flatMap((id) => bomLink(id)?.text ?? []);
  const wanted = new Map([...hashes].map(([name, value]) => [hashName(name), value]));
  if (purls.length + cpes.length + links.length === 0 && (wanted.size === 0 || ids.length > 0)) {
    return null;
  }
  return (found) => {
    const { cpe } = found;
    const named =
      ids.length === 0 ||
      purls.some((pattern) => found.purls.some((name) => covers(pattern, name))) ||
      (cpe !== null && cpes.some((pattern) => cpeCovers(pattern, cpe))) ||
      links.some((link) => found.links.has(link));
    if (!named || (wanted.size > 0 && !found.hashes.some(({ algorithm, value }) => wanted.get(algorithm) === value))) {
      return false;
    }
    if (versions === null) {
      return true;
    }
    return versions.kind === 'version'
      ? versions.version === found.version
      : isInRange(versions.range, found.version, found.type);
  };
}

/** The same package, of any version, subpath and qualifiers that are not named (OpenVEX, "Software Identifiers"). */
export function covers(pattern: PurlParts, found: PurlParts): boolean {
  return (
    pattern.type === found.type &&
    (pattern.namespace ?? '') === (found.namespace ?? '') &&
    pattern.name === found.name &&
    ((pattern.version ?? '') === '' || pattern.version === found.version) &&
    ((pattern.subpath ?? '') === '' || pattern.subpath === found.subpath) &&
    [...(pattern.qualifiers ?? [])].every(([key, value]) => found.qualifiers?.get(key) === value)
  );
}

/** `sha-256` of OpenVEX and CycloneDX as packages have it: `sha256`. */
function hashName(name: string): string {
  return name.replace(/^sha-/, 'sha');
}
