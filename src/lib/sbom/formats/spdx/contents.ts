import type { Digest } from '#base/digest.ts';
import { digestOf, hexOf } from '#base/digest.ts';
import type { OsRelease, Package, PackageHash } from '#model/package.ts';
import type { Program, Report } from '#model/report.ts';
import { type Dependency, dependenciesOf } from '../../dependencies.ts';
import { imageFacts, osFacts, packageFacts, unknownsOf } from '../../facts.ts';
import { imagePurl } from '../../image-purl.ts';
import { createUnique, type Unique } from '../../unique.ts';
import { unknownText } from '../../unknown-text.ts';
import { verdictText } from '../../verdict-text.ts';
import { DeclaredLicences, type ExtractedLicence, idPart } from './declared-licences.ts';

/** What is said of an image in every version of SPDX. No time is in it but that of a verdict: the same image has the same contents. */
export interface Contents {
  readonly tool: string;
  readonly image: Item;
  /** The operating system first, then the packages in the order of the report. */
  readonly parts: readonly Item[];
  /** Executables, by path; empty when nobody asked for them. */
  readonly programs: readonly ProgramItem[];
  readonly ownerships: readonly Ownership[];
  readonly dependencies: readonly Dependency[];
  readonly licences: readonly ExtractedLicence[];
  /** Sentence parts. With one of them the document is incomplete. */
  readonly unknowns: readonly string[];
  /** What policy said of the image; none where it was not asked. */
  readonly verdict: readonly string[];
}

/** An SPDX package. */
export interface Item {
  /** Of letters, digits, dots and dashes; unique. It stays the same while the package and its place do. */
  readonly id: string;
  readonly purpose: 'container' | 'operating-system' | null;
  readonly name: string;
  readonly version: string | null;
  /** Of the image. */
  readonly digest: Digest | null;
  /** Of a package. */
  readonly hashes?: readonly PackageHash[];
  readonly purl: string | null;
  readonly description: string | null;
  /** An SPDX expression. */
  readonly licence: string | null;
  readonly sourceInfo: string | null;
  /** What SPDX has no member for, as JSON. */
  readonly facts: string;
}

/** A file with the digest of its content. */
export interface ProgramItem extends Pick<Program, 'path' | 'digest'> {
  readonly id: string;
}

/** A language package whose files belong to an OS package. */
export interface Ownership {
  readonly owned: string;
  readonly owner: string;
}

export const OWNERSHIP_COMMENT = 'Its files belong to that package of the distribution.';

export function contentsOf(report: Report): Contents {
  const unique = createUnique('-');
  const licences = new DeclaredLicences();
  const verdict = verdictText(report);
  const packages = report.packages.map((entry) => ({ entry, item: packageItem(entry, unique, licences) }));
  return {
    tool: `${report.tool.name}-${report.tool.version}`,
    image: imageItem(report),
    parts: [...(report.os === null ? [] : [osItem(report.os)]), ...packages.map(({ item }) => item)],
    programs: (report.programs ?? []).map(({ path, digest }) => {
      return { id: unique(`File-${hexOf(digestOf(path)).slice(0, 16)}`), path, digest };
    }),
    ownerships: ownershipsOf(packages),
    dependencies: dependenciesOf(packages.map(({ entry, item }) => ({ entry, id: item.id }))),
    licences: licences.extracted(),
    verdict: verdict === null ? [] : [`verdict: ${verdict}`],
    unknowns: unknownsOf(report).map((unknown) => `unknown: ${unknownText(unknown)}`),
  };
}

/** For people who read the document; null when nothing is unknown. */
export function incompletenessOf({ unknowns }: Contents): string | null {
  return unknowns.length === 0
    ? null
    : `Incomplete: ${unknowns.length} unknown. What could not be found out about the image stands in annotations that begin with "unknown:".`;
}

const NOTHING = {
  purpose: null,
  version: null,
  digest: null,
  purl: null,
  description: null,
  licence: null,
  sourceInfo: null,
} as const;

function imageItem(report: Report): Item {
  const { image } = report;
  return {
    ...NOTHING,
    id: 'Image',
    purpose: 'container',
    name: nameOf(image.reference),
    version: image.digest,
    digest: image.digest,
    purl: imagePurl(image),
    facts: imageFacts(report),
  };
}

function osItem(os: OsRelease): Item {
  const { id, versionId, prettyName } = os;
  return {
    ...NOTHING,
    id: 'OperatingSystem',
    purpose: 'operating-system',
    name: nameOf(id),
    version: versionOf(versionId),
    description: prettyName ?? null,
    facts: osFacts(os),
  };
}

const CONFIDENCE_WORDS = {
  installed: 'found',
  declared: 'declared, not seen installed; read',
  inferred: 'inferred',
} as const;

function packageItem(entry: Package, unique: Unique, licences: DeclaredLicences): Item {
  const { type, name, version, purl, source, cataloger, locations, hashes } = entry;
  const paths = locations.map(({ path }) => path);
  const hash = hexOf(digestOf(JSON.stringify([purl, ...paths]))).slice(0, 16);
  const origin =
    source === undefined ? '' : `; built from the source package ${source.name} ${source.version}`.trimEnd();
  return {
    ...NOTHING,
    id: unique(`Package-${type}-${idPart(name)}-${hash}`),
    name: nameOf(name),
    version: versionOf(version),
    ...(hashes === undefined ? {} : { hashes }),
    purl,
    licence: licences.declare(entry.licenses),
    sourceInfo: `${CONFIDENCE_WORDS[entry.confidence ?? 'installed']} by ${cataloger}${paths.length === 0 ? '' : ` in ${paths.join(', ')}`}${origin}`,
    facts: packageFacts(entry),
  };
}

/** To the first package with the purl: one database lists a package once. */
function ownershipsOf(packages: readonly { readonly entry: Package; readonly item: Item }[]): readonly Ownership[] {
  const idsByPurl = new Map(packages.toReversed().map(({ entry, item }) => [entry.purl, item.id]));
  return packages.flatMap(({ entry, item }) => {
    const owners = new Set(
      entry.locations.flatMap(({ ownedBy }) => (ownedBy === undefined ? [] : [idsByPurl.get(ownedBy)])),
    );
    return [...owners].flatMap((owner) =>
      owner === undefined || owner === item.id ? [] : [{ owned: item.id, owner }],
    );
  });
}

function nameOf(text: string): string {
  return text === '' ? 'unknown' : text;
}

function versionOf(text: string | undefined): string | null {
  return text === undefined || text === '' ? null : text;
}
