import { algorithmOf, hexOf } from '#base/digest.ts';
import { writableHashes } from '../../../hash-names.ts';
import type { Item, ProgramItem } from '../contents.ts';

/** SPDX 2.3 clause 12. */
export interface Annotation {
  readonly annotationDate: string;
  readonly annotationType: 'OTHER';
  readonly annotator: string;
  readonly comment: string;
}

/** SPDX 2.3 clause 7. What older versions require is written as NOASSERTION. */
export function toPackage(item: Item, annotation: Annotation): Readonly<Record<string, unknown>> {
  const { id, name, version, purpose, purl, description, licence, sourceInfo } = item;
  const checksums = checksumsOf(item);
  return {
    SPDXID: refOf(id),
    name,
    ...(version === null ? {} : { versionInfo: version }),
    ...(purpose === null ? {} : { primaryPackagePurpose: PURPOSES[purpose] }),
    supplier: 'NOASSERTION',
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    ...(checksums.length === 0 ? {} : { checksums }),
    ...(sourceInfo === null ? {} : { sourceInfo }),
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: licence ?? 'NOASSERTION',
    copyrightText: 'NOASSERTION',
    ...(description === null ? {} : { description }),
    ...(purl === null
      ? {}
      : { externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }] }),
    annotations: [annotation],
  };
}

/** A package that is one file: clause 8 asks for a SHA-1 of what is listed as a file, and nobody takes one. */
export function toFile({ id, path, digest }: ProgramItem): Readonly<Record<string, unknown>> {
  return {
    SPDXID: refOf(id),
    name: path,
    primaryPackagePurpose: 'FILE',
    supplier: 'NOASSERTION',
    downloadLocation: 'NOASSERTION',
    filesAnalyzed: false,
    checksums: [{ algorithm: algorithmOf(digest).toUpperCase(), checksumValue: hexOf(digest) }],
    licenseConcluded: 'NOASSERTION',
    licenseDeclared: 'NOASSERTION',
    copyrightText: 'NOASSERTION',
  };
}

/** SPDX 2.3 clause 8.4. */
interface Checksum {
  readonly algorithm: string;
  readonly checksumValue: string;
}

function checksumsOf({ digest, hashes }: Item): readonly Checksum[] {
  const own = digest === null ? [] : [{ algorithm: algorithmOf(digest).toUpperCase(), checksumValue: hexOf(digest) }];
  const declared = writableHashes(hashes, 'spdx2').map(({ name, value }) => ({
    algorithm: name,
    checksumValue: value,
  }));
  return [...own, ...declared];
}

/** As the JSON schema spells them; the text of the specification has OPERATING-SYSTEM, which the schema refuses. */
const PURPOSES = { container: 'CONTAINER', 'operating-system': 'OPERATING_SYSTEM' } as const;

export function refOf(id: string): string {
  return `SPDXRef-${id}`;
}
