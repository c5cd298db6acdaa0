import { type PackageType, SYSTEM_PACKAGE_TYPES } from '#model/package.ts';
import type { DeclarationScope } from '#model/report.ts';
import type { SbomDocument } from '#model/sbom.ts';
import { isPackageType } from '../packages/package.ts';

/** Where a document was found: attested on the manifest of the image or on its index, or as a file in it. */
export type DocumentPlace = 'manifest' | 'index' | 'file';

/** How the purl of a component begins, whatever is behind its type. */
const TYPE = /^pkg:\/*([A-Za-z0-9.+-]{1,40})\//;

const SYSTEM_TYPES: ReadonlySet<string> = new Set(SYSTEM_PACKAGE_TYPES);

/**
 * What a document speaks for. A file in an image describes what its author put there: it cannot know what else is in it. An
 * attestation speaks for the image when it says that it is about one, or lists packages of an operating system.
 */
export function scopeOf(document: SbomDocument, place: DocumentPlace): DeclarationScope {
  const isAboutImage =
    document.subject !== null || document.os !== null || listedTypes(document).some((type) => SYSTEM_TYPES.has(type));
  if (place === 'file' || !isAboutImage) {
    return 'part';
  }
  return place === 'index' ? 'index' : 'image';
}

/** The types of packages that a document lists or says it looked for, sorted: those of which all are to be in it. */
export function typesOf(document: SbomDocument): readonly PackageType[] {
  return [...new Set([...listedTypes(document), ...(document.packageTypes ?? [])])].filter(isPackageType).toSorted();
}

function listedTypes({ components }: SbomDocument): readonly string[] {
  return [...new Set(components.map(({ purl }) => TYPE.exec(purl ?? '')?.[1]?.toLowerCase() ?? ''))];
}
