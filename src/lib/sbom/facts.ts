import { type Digest, isDigest } from '#base/digest.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import type { Build, BuildLabels } from '#model/build.ts';
import { originUrl } from '#model/origin.ts';
import { CONFIDENCES, type OsRelease, PACKAGE_TYPES, type Package } from '#model/package.ts';
import type { Report } from '#model/report.ts';
import type { Unknown } from '#model/unknown.ts';
import { UNKNOWN_KINDS } from '#model/unknown.ts';
import { wellFormed } from './print-document.ts';
import { assertKept, fault, type Rule } from './rules/rule.ts';
import { listOf, objectOf, oneOf, text, textThat } from './rules/rules.ts';

/**
 * What formats have no member for, as JSON texts: a property of CycloneDX, an annotation of SPDX. Anybody may write such
 * texts, so that they are checked like the document around them.
 */
export type PackageFacts = Omit<Package, 'type' | 'purl' | 'hashes'>;

export interface ImageFacts {
  readonly reference: string;
  readonly digest: Digest | null;
  readonly id: Digest | null;
  readonly platform: string | null;
  readonly layers: readonly (Digest | null)[];
  readonly unknowns: readonly Unknown[];
  readonly builds?: readonly Build[];
  /** The types of packages that were looked for. */
  readonly packageTypes?: readonly string[];
}

export function packageFacts({ type: _type, purl: _purl, hashes: _hashes, ...facts }: Package): string {
  return JSON.stringify(facts satisfies PackageFacts, wellFormed);
}

export function imageFacts({ image, ...report }: Report): string {
  const { reference, source, digest, id, platform } = image;
  const { builds } = report;
  const layers = image.layers.map((layer) => layer.diffId);
  return JSON.stringify(
    {
      reference,
      source,
      digest,
      id,
      platform,
      layers,
      unknowns: unknownsOf(report),
      ...(builds === undefined ? {} : { builds }),
      // Of what a document says, nobody here knows what was looked for.
      ...(report.content === 'declared' ? {} : { packageTypes: PACKAGE_TYPES }),
    } satisfies ImageFacts & { readonly source: string },
    wellFormed,
  );
}

export function osFacts(os: OsRelease): string {
  return JSON.stringify(os, wellFormed);
}

/** All that is not known of the image's content, whoever speaks for its files. */
export function unknownsOf({ unknowns, covered }: Pick<Report, 'unknowns' | 'covered'>): readonly Unknown[] {
  return [...unknowns, ...covered.unknowns];
}

/** Each throws `SBOM_INVALID`, or a `JsonError`; `at` names the place of the text. */
export function parsePackageFacts(facts: string, at: string): PackageFacts {
  const { locations, ...rest } = picked(parseFacts(packageRule, facts, at), PACKAGE_MEMBERS);
  return { ...rest, locations: locations.map((location) => picked(location, LOCATION_MEMBERS)) };
}

export function parseImageFacts(facts: string, at: string): ImageFacts {
  const { unknowns, builds, ...rest } = picked(parseFacts(imageRule, facts, at), IMAGE_MEMBERS);
  return {
    ...rest,
    unknowns: unknowns.map((unknown) => picked(unknown, UNKNOWN_MEMBERS)),
    ...(builds === undefined ? {} : { builds: builds.map(toBuild) }),
  };
}

function toBuild(build: Build): Build {
  const { labels, ...rest } = picked(build, BUILD_MEMBERS);
  return labels === undefined ? rest : { ...rest, labels: picked(labels, LABEL_MEMBERS) };
}

export function parseOsFacts(facts: string, at: string): OsRelease {
  return picked(parseFacts(osRule, facts, at), OS_MEMBERS);
}

function parseFacts<T>(rule: Rule<T>, facts: string, at: string): T {
  const value = parseStrictJson(facts, at);
  assertKept(rule, value, at, 'Plimsoll');
  return value;
}

/** What a value has of these members and nothing that somebody added. */
function picked<T extends object>(value: T, names: Readonly<Record<keyof T, true>>): T {
  const members = Object.entries(value).filter(([name]) => Object.hasOwn(names, name));
  return Object.fromEntries(members) as T;
}

/** As `Date.prototype.toISOString` writes it. */
function isInstant(text: string): boolean {
  return /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{12}Z$/.test(text) && !Number.isNaN(Date.parse(text));
}

const digest = textThat(isDigest, 'a digest sha256:… or sha512:…') as Rule<Digest>;
const digestOrNull = orNull(digest);
const textOrNull = orNull(text());

const locationRule = objectOf({ path: text(), layer: digestOrNull }, { ownedBy: text(), within: text() });

const packageRule: Rule<PackageFacts> = objectOf(
  {
    name: text(),
    version: text(),
    licenses: listOf(text()),
    layer: digestOrNull,
    locations: listOf(locationRule),
    cataloger: text(),
  },
  {
    source: objectOf({ name: text(), version: text() }, {}),
    architecture: text(),
    vendor: text(),
    released: textThat(isInstant, 'an instant 2026-01-31T12:00:00.000Z'),
    origin: textThat((url) => originUrl(url) === url, 'a URL in its normal form'),
    module: text(),
    dependsOn: listOf(text()),
    thirdParty: text(),
    confidence: oneOf(CONFIDENCES),
    cpe: text(),
  },
);

const PACKAGE_MEMBERS = {
  name: true,
  version: true,
  licenses: true,
  layer: true,
  locations: true,
  cataloger: true,
  source: true,
  architecture: true,
  vendor: true,
  released: true,
  origin: true,
  module: true,
  dependsOn: true,
  thirdParty: true,
  confidence: true,
  cpe: true,
} as const;
const IMAGE_MEMBERS = {
  reference: true,
  digest: true,
  id: true,
  platform: true,
  layers: true,
  unknowns: true,
  builds: true,
  packageTypes: true,
} as const;
const BUILD_MEMBERS = { path: true, layer: true, contentSets: true, labels: true } as const;
const LABEL_MEMBERS = {
  component: true,
  name: true,
  version: true,
  release: true,
  architecture: true,
  cpe: true,
} as const;
const LOCATION_MEMBERS = { path: true, layer: true, ownedBy: true, within: true } as const;
const UNKNOWN_MEMBERS = { kind: true, path: true, layer: true, analyser: true, ownedBy: true, reason: true } as const;
const OS_MEMBERS = {
  id: true,
  versionId: true,
  versionCodename: true,
  idLike: true,
  name: true,
  prettyName: true,
  rolling: true,
} as const;

const unknownRule: Rule<Unknown> = objectOf(
  { kind: oneOf(UNKNOWN_KINDS), path: textOrNull, layer: digestOrNull, analyser: text(), reason: text() },
  { ownedBy: text() },
);

const labelsRule: Rule<BuildLabels> = objectOf(
  {},
  { component: text(), name: text(), version: text(), release: text(), architecture: text(), cpe: text() },
);

const buildRule: Rule<Build> = objectOf(
  { path: text(), layer: digestOrNull },
  { contentSets: listOf(text()), labels: labelsRule },
);

const imageRule: Rule<ImageFacts> = objectOf(
  {
    reference: text(),
    digest: digestOrNull,
    id: digestOrNull,
    platform: textOrNull,
    layers: listOf(digestOrNull),
    unknowns: listOf(unknownRule),
  },
  { builds: listOf(buildRule), packageTypes: listOf(text()) },
);

const osRule: Rule<OsRelease> = objectOf(
  { id: text(), idLike: listOf(text()) },
  { versionId: text(), versionCodename: text(), name: text(), prettyName: text(), rolling: text() },
);

function orNull<T>(rule: Rule<T>): Rule<T | null> {
  return (value) => {
    const found = value === null ? null : rule(value);
    return found === null ? null : fault(`${found.expected} or null`, value);
  };
}
