import { type PackageType, SYSTEM_PACKAGE_TYPES } from '#model/package.ts';
import type { DeclarationScope } from '#model/report.ts';
import type { SbomDocument } from '#model/sbom.ts';
import { isPackageType } from '../packages/package.ts';

/** Where a document was found: attested on the manifest of the image or on its index, by BuildKit beside both, or as a file in the image. */
export type DocumentPlace = 'manifest' | 'index' | 'buildkit' | 'file';

/** What BuildKit calls documents of the build context and of stages; that of the image is `sbom` (frontend/attestations/sbom). */
const STAGE = 'sbom-';

/** How the purl of a component begins, whatever is behind its type. */
const TYPE = /^pkg:\/*([A-Za-z0-9.+-]{1,40})\//;

const SYSTEM_TYPES: ReadonlySet<string> = new Set(SYSTEM_PACKAGE_TYPES);

/**
 * What a document speaks for. A file in an image describes what its author put there: it cannot know what else is in it. An
 * attestation speaks for the image when it says that it is about one, or lists packages of an operating system.
 */
export function scopeOf(document: SbomDocument, place: DocumentPlace): DeclarationScope {
  if (place === 'buildkit' && document.name?.startsWith(STAGE) === true) {
    return 'build';
  }
  if (place === 'file' || !isAboutImage(document)) {
    return 'part';
  }
  return place === 'index' ? 'index' : 'image';
}

/** An application has a name as well. */
function isAboutImage(document: SbomDocument): boolean {
  const { subject, os, packageTypes } = document;
  return (
    os !== null ||
    packageTypes !== undefined ||
    (subject !== null && (subject.digest !== null || subject.id !== null || subject.layers.length > 0)) ||
    listedTypes(document).some((type) => SYSTEM_TYPES.has(type))
  );
}

/** The types of packages that a document lists or says it looked for, sorted: those of which all are to be in it. */
export function typesOf(document: SbomDocument): readonly PackageType[] {
  return [...new Set([...listedTypes(document), ...(document.packageTypes ?? [])])].filter(isPackageType).toSorted();
}

function listedTypes({ components }: SbomDocument): readonly string[] {
  return [...new Set(components.map(({ purl }) => TYPE.exec(purl ?? '')?.[1]?.toLowerCase() ?? ''))];
}
