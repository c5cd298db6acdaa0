import type { PackageLocation, PackageSource } from '#model/package.ts';
import type { SbomComponent, SbomHash } from '#model/sbom.ts';
import { parsePackageFacts } from '../../../../facts.ts';
import { hashOf } from '../../../../hash-names.ts';
import { imageDigestIn } from '../../../said.ts';
import type { Spdx2Annotation, Spdx2Package } from './rules.ts';

/** `at` is the place of the package, `document` the name of the document for errors. */
export function toComponent(entry: Spdx2Package, at: string, document: string): SbomComponent {
  const { SPDXID, name, versionInfo = '', externalRefs = [], checksums, supplier = '', sourceInfo = '' } = entry;
  const base = {
    at,
    ref: SPDXID,
    kind: entry.primaryPackagePurpose ?? null,
    purl: externalRefs.find(({ referenceType }) => referenceType === 'purl')?.referenceLocator ?? null,
    hashes: toHashes(checksums),
  };
  const facts = factsOf(entry.annotations);
  if (facts !== null) {
    return { ...base, ...parsePackageFacts(facts, `${document}, ${at}.annotations`) };
  }
  const layer = imageDigestIn(
    (entry.annotations ?? []).flatMap(({ comment }) =>
      comment.startsWith('LayerDiffID: ') ? [comment.slice('LayerDiffID: '.length)] : [],
    ),
  );
  const source = builtFrom(sourceInfo);
  const vendor = /^(?:Person|Organization): (.+)$/.exec(supplier)?.[1];
  return {
    ...base,
    name,
    version: versionInfo,
    licenses: [entry.licenseDeclared, entry.licenseConcluded].filter(isSaid).slice(0, 1),
    ...(source === null ? {} : { source }),
    ...(vendor === undefined ? {} : { vendor }),
    layer,
    locations: placesIn(sourceInfo).map((path) => ({ path, layer })),
    cataloger: null,
  };
}

export function toHashes(checksums: Spdx2Package['checksums'] = []): readonly SbomHash[] {
  return checksums.map(({ algorithm, checksumValue }) => hashOf(algorithm, checksumValue));
}

/** What Plimsoll knows of an element and SPDX has no member for. */
export function factsOf(annotations: readonly Spdx2Annotation[] = []): string | null {
  const own = annotations.find(
    ({ annotator, comment }) => annotator.startsWith('Tool: plimsoll') && comment.startsWith('{'),
  );
  return own?.comment ?? null;
}

function isSaid(licence: string | undefined): licence is string {
  return licence !== undefined && licence !== '' && licence !== 'NOASSERTION' && licence !== 'NONE';
}

/** `built package from: openssl 3.0.9-1`, as Trivy has it. */
function builtFrom(sourceInfo: string): PackageSource | null {
  const [name, version] = sourceInfo.startsWith('built package from: ')
    ? sourceInfo.slice('built package from: '.length).split(' ')
    : [];
  return name === undefined || name === '' ? null : { name, version: version ?? '' };
}

/** `acquired package info from APK DB: /lib/apk/db/installed, /other`, as Syft has it. */
function placesIn(sourceInfo: string): readonly PackageLocation['path'][] {
  if (!sourceInfo.startsWith('acquired package info from ')) {
    return [];
  }
  return sourceInfo
    .slice(sourceInfo.indexOf(': ') + 2)
    .split(', ')
    .filter((path) => path.startsWith('/'));
}
