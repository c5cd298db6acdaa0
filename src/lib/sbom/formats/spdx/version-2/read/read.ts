import { quote } from '#base/error.ts';
import { membersOf } from '#base/json/members.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { OsRelease } from '#model/package.ts';
import type { SbomDocument, SbomFile, SbomSubject } from '#model/sbom.ts';
import type { Unknown } from '#model/unknown.ts';
import { SbomError } from '../../../../error.ts';
import { type ImageFacts, parseImageFacts, parseOsFacts } from '../../../../facts.ts';
import { assertKept } from '../../../../rules/rule.ts';
import { absolute, imageDigestIn, leftToOthers, saysIncomplete, soleOs } from '../../../said.ts';
import { factsOf, toComponent, toHashes } from './package.ts';
import { Relations } from './relations.ts';
import { documentRule, type Spdx2, type Spdx2Package } from './rules.ts';

const VERSIONS = ['SPDX-2.2', 'SPDX-2.3'];

/** An SPDX document of version 2.2 or 2.3 as its JSON has it. Throws `SBOM_INVALID`, `SBOM_UNSUPPORTED` and `LIMIT_EXCEEDED`. */
export function readVersion2(value: unknown, document: string): SbomDocument {
  const version = membersOf(value)?.get('spdxVersion');
  if (typeof version !== 'string' || !VERSIONS.includes(version)) {
    throw new SbomError('SBOM_UNSUPPORTED', 'a version of SPDX that is not read', {
      object: document,
      expected: 'one of SPDX-2.2, SPDX-2.3, or a document of SPDX 3.0',
      found: typeof version === 'string' ? quote(version) : 'none',
    });
  }
  assertKept(documentRule, value, document, version);
  return toDocument(value, document);
}

/** A package with its place. */
interface Placed {
  readonly at: string;
  readonly entry: Spdx2Package;
}

function toDocument(spdx: Spdx2, document: string): SbomDocument {
  const all = (spdx.packages ?? []).map((entry, index): Placed => ({ at: `packages[${index}]`, entry }));
  const files = spdx.files ?? [];
  if (all.length + files.length > LIMITS.sbomComponents) {
    throw limitExceeded(document, LIMITS.sbomComponents, 'packages and files', all.length + files.length);
  }
  assertUniqueIds(spdx, document);
  const relations = new Relations(spdx);
  const subject = all.find(({ entry }) => relations.describes(entry.SPDXID) && isAbout(entry)) ?? null;
  const facts = subject === null ? null : imageFactsOf(subject, document);
  const systems = all.filter(({ entry }) => isSystem(entry));
  const os = soleOs(systems.map((placed) => toOs(placed, document)));
  return {
    format: 'spdx',
    version: spdx.spdxVersion.slice('SPDX-'.length),
    wrapping: 'none',
    name: spdx.name,
    id: spdx.documentNamespace,
    created: spdx.creationInfo.created,
    tools: spdx.creationInfo.creators.map((creator) => creator.replace(/^(?:Tool|Person|Organization): /, '')),
    statedSubjects: [],
    subject: subject === null ? null : toSubject(subject.entry, facts),
    os: os.found,
    components: all
      .filter((placed) => placed !== subject && !isSystem(placed.entry) && isListed(placed.entry))
      .map(({ at, entry }) => toComponent(entry, at, document)),
    files: [
      ...files.map((entry): SbomFile => {
        return { path: absolute(entry.fileName.replace(/^\.\//, '/')), hashes: toHashes(entry.checksums), layer: null };
      }),
      ...all
        .filter(({ entry }) => isFile(entry))
        .map(({ entry }): SbomFile => {
          return { path: entry.name, hashes: toHashes(entry.checksums), layer: null };
        }),
    ],
    ...(facts?.builds === undefined ? {} : { builds: facts.builds }),
    ...(facts?.packageTypes === undefined ? {} : { packageTypes: facts.packageTypes }),
    dependencies: relations.dependencies(),
    unknowns: [...os.unknowns, ...leftToOthers(relations.elsewhere()), ...(facts?.unknowns ?? saidUnknowns(relations))],
  };
}

function assertUniqueIds(spdx: Spdx2, document: string): void {
  const seen = new Map([[spdx.SPDXID, 'the document']]);
  for (const list of ['packages', 'files'] as const) {
    for (const [index, { SPDXID }] of (spdx[list] ?? []).entries()) {
      const at = `${list}[${index}]`;
      const first = seen.get(SPDXID);
      if (first !== undefined) {
        throw new SbomError('SBOM_INVALID', 'two elements with one name', {
          object: `${document}, ${at}.SPDXID`,
          expected: 'every SPDXID once',
          found: `${quote(SPDXID)}, as in ${first}`,
        });
      }
      seen.set(SPDXID, at);
    }
  }
}

/** What a document describes may be a package as well as an image: then it is listed. */
function isAbout(entry: Spdx2Package): boolean {
  return entry.primaryPackagePurpose === 'CONTAINER' || purlIn(entry)?.startsWith('pkg:oci/') === true;
}

function isSystem({ primaryPackagePurpose: purpose }: Spdx2Package): boolean {
  return purpose === 'OPERATING_SYSTEM' || purpose === 'OPERATING-SYSTEM';
}

/** Lock files and kinds of packages that Trivy lists as applications are none. */
function isListed(entry: Spdx2Package): boolean {
  if (purlIn(entry) !== null) {
    return true;
  }
  const isKind = (entry.annotations ?? []).some(({ comment }) => comment === 'Class: lang-pkgs');
  return entry.primaryPackagePurpose !== 'FILE' && !isKind;
}

/** As Plimsoll writes files of an image. What a document is about may be called a file as well. */
function isFile({ primaryPackagePurpose, name, checksums = [] }: Spdx2Package): boolean {
  return primaryPackagePurpose === 'FILE' && name.startsWith('/') && checksums.length > 0;
}

function purlIn({ externalRefs = [] }: Pick<Spdx2Package, 'externalRefs'>): string | null {
  return externalRefs.find(({ referenceType }) => referenceType === 'purl')?.referenceLocator ?? null;
}

function imageFactsOf({ at, entry }: Placed, document: string): ImageFacts | null {
  const facts = factsOf(entry.annotations);
  return facts === null ? null : parseImageFacts(facts, `${document}, ${at}.annotations`);
}

function toSubject(entry: Spdx2Package, facts: ImageFacts | null): SbomSubject {
  if (facts !== null) {
    const { reference, digest, id, platform, layers } = facts;
    return { name: reference, digest, id, platform, layers };
  }
  const said = (entry.annotations ?? []).map(({ comment }) => comment);
  const after = (label: string): readonly string[] =>
    said.flatMap((comment) => (comment.startsWith(label) ? [comment.slice(label.length)] : []));
  return {
    name: entry.name,
    digest: imageDigestIn([
      entry.versionInfo ?? '',
      ...toHashes(entry.checksums).map(({ algorithm, value }) => `${algorithm}:${value}`),
    ]),
    id: imageDigestIn(after('ImageID: ')),
    platform: null,
    layers: after('DiffID: ').map((diffId) => imageDigestIn([diffId])),
  };
}

function toOs({ at, entry }: Placed, document: string): OsRelease {
  const facts = factsOf(entry.annotations);
  if (facts !== null) {
    return parseOsFacts(facts, `${document}, ${at}.annotations`);
  }
  const { name, versionInfo = '', description } = entry;
  return {
    id: name.toLowerCase(),
    ...(versionInfo === '' ? {} : { versionId: versionInfo }),
    idLike: [],
    ...(description === undefined ? {} : { prettyName: description }),
  };
}

/** CONTAINS NOASSERTION: there may be more ("known unknowns", clause 11.1). */
function saidUnknowns(relations: Relations): readonly Unknown[] {
  const open = relations.open();
  return open === 0
    ? []
    : [saysIncomplete(`it says of ${open} ${open === 1 ? 'element' : 'elements'} that there may be more inside`)];
}
