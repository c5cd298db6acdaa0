import type { Kept } from '../../../../rules/rule.ts';
import { flag, listOf, objectOf, oneOf, text, textThat } from '../../../../rules/rules.ts';
import { dateTime } from '../../../../rules/texts.ts';

/** SPDX 2.2 and 2.3 (ISO/IEC 5962), as much of the JSON schema of 2.3 as concerns what is read and what is beside it. */
const elementId = textThat(
  (value) => /^SPDXRef-[a-zA-Z0-9.-]+$/.test(value),
  'SPDXRef- and letters, digits, dots and dashes',
);

/** Of another document: `DocumentRef-x:SPDXRef-y`; NONE and NOASSERTION name nothing. */
const relatedId = textThat(
  (value) =>
    value === 'NONE' ||
    value === 'NOASSERTION' ||
    /^(?:DocumentRef-[a-zA-Z0-9.+-]+:)?SPDXRef-[a-zA-Z0-9.+-]+$/.test(value),
  'an SPDX identifier, NONE or NOASSERTION',
);

const checksum = objectOf(
  {
    algorithm: oneOf([
      'SHA1',
      'SHA224',
      'SHA256',
      'SHA384',
      'SHA512',
      'SHA3-256',
      'SHA3-384',
      'SHA3-512',
      'BLAKE2b-256',
      'BLAKE2b-384',
      'BLAKE2b-512',
      'BLAKE3',
      'MD2',
      'MD4',
      'MD5',
      'MD6',
      'ADLER32',
    ]),
    checksumValue: textThat((value) => /^[a-fA-F0-9]+$/.test(value), 'hex digits'),
  },
  {},
);

const annotation = objectOf(
  { annotationDate: dateTime, annotationType: oneOf(['OTHER', 'REVIEW']), annotator: text(), comment: text() },
  {},
);

const externalRef = objectOf(
  {
    referenceCategory: oneOf([
      'SECURITY',
      'PACKAGE-MANAGER',
      'PACKAGE_MANAGER',
      'PERSISTENT-ID',
      'PERSISTENT_ID',
      'OTHER',
    ]),
    referenceType: text(),
    referenceLocator: text(),
  },
  { comment: text() },
);

/** The text of the specification and its schema spell the operating system differently. */
const purpose = oneOf([
  'APPLICATION',
  'FRAMEWORK',
  'LIBRARY',
  'CONTAINER',
  'OPERATING-SYSTEM',
  'OPERATING_SYSTEM',
  'DEVICE',
  'FIRMWARE',
  'SOURCE',
  'ARCHIVE',
  'FILE',
  'INSTALL',
  'OTHER',
]);

const packageRule = objectOf(
  { SPDXID: elementId, name: text(), downloadLocation: text() },
  {
    annotations: listOf(annotation),
    attributionTexts: listOf(text()),
    builtDate: text(),
    checksums: listOf(checksum),
    comment: text(),
    copyrightText: text(),
    description: text(),
    externalRefs: listOf(externalRef),
    filesAnalyzed: flag,
    hasFiles: listOf(text()),
    homepage: text(),
    licenseComments: text(),
    licenseConcluded: text(),
    licenseDeclared: text(),
    licenseInfoFromFiles: listOf(text()),
    originator: text(),
    packageFileName: text(),
    packageVerificationCode: objectOf(
      { packageVerificationCodeValue: text() },
      { packageVerificationCodeExcludedFiles: listOf(text()) },
    ),
    primaryPackagePurpose: purpose,
    releaseDate: text(),
    sourceInfo: text(),
    summary: text(),
    supplier: text(),
    validUntilDate: text(),
    versionInfo: text(),
  },
);

const file = objectOf(
  { SPDXID: elementId, fileName: text(), checksums: listOf(checksum, { min: 1 }) },
  {
    annotations: listOf(annotation),
    comment: text(),
    fileContributors: listOf(text()),
    licenseComments: text(),
    noticeText: text(),
    copyrightText: text(),
    fileTypes: listOf(
      oneOf([
        'SOURCE',
        'BINARY',
        'ARCHIVE',
        'APPLICATION',
        'AUDIO',
        'IMAGE',
        'TEXT',
        'VIDEO',
        'DOCUMENTATION',
        'SPDX',
        'OTHER',
      ]),
    ),
    licenseConcluded: text(),
    licenseInfoInFiles: listOf(text()),
  },
);

const RELATIONSHIPS = `
  AMENDS ANCESTOR_OF BUILD_DEPENDENCY_OF BUILD_TOOL_OF CONTAINED_BY CONTAINS COPY_OF DATA_FILE_OF DEPENDENCY_MANIFEST_OF
  DEPENDENCY_OF DEPENDS_ON DESCENDANT_OF DESCRIBED_BY DESCRIBES DEV_DEPENDENCY_OF DEV_TOOL_OF DISTRIBUTION_ARTIFACT
  DOCUMENTATION_OF DYNAMIC_LINK EXAMPLE_OF EXPANDED_FROM_ARCHIVE FILE_ADDED FILE_DELETED FILE_MODIFIED GENERATED_FROM
  GENERATES HAS_PREREQUISITE METAFILE_OF OPTIONAL_COMPONENT_OF OPTIONAL_DEPENDENCY_OF OTHER PACKAGE_OF PATCH_APPLIED
  PATCH_FOR PREREQUISITE_FOR PROVIDED_DEPENDENCY_OF REQUIREMENT_DESCRIPTION_FOR RUNTIME_DEPENDENCY_OF SPECIFICATION_FOR
  STATIC_LINK TEST_CASE_OF TEST_DEPENDENCY_OF TEST_OF TEST_TOOL_OF VARIANT_OF`
  .trim()
  .split(/\s+/);

const relationship = objectOf(
  { spdxElementId: relatedId, relatedSpdxElement: relatedId, relationshipType: oneOf(RELATIONSHIPS) },
  { comment: text() },
);

/** The document of a version, `2.2` or `2.3`. */
export const documentRule = objectOf(
  {
    spdxVersion: oneOf(['SPDX-2.2', 'SPDX-2.3']),
    SPDXID: elementId,
    name: text(),
    dataLicense: oneOf(['CC0-1.0']),
    documentNamespace: text({ min: 1 }),
    creationInfo: objectOf(
      { created: dateTime, creators: listOf(text(), { min: 1 }) },
      { comment: text(), licenseListVersion: text() },
    ),
  },
  {
    comment: text(),
    annotations: listOf(annotation),
    documentDescribes: listOf(text()),
    externalDocumentRefs: listOf(objectOf({ externalDocumentId: text(), spdxDocument: text(), checksum }, {})),
    files: listOf(file),
    hasExtractedLicensingInfos: listOf(
      objectOf(
        { licenseId: text(), extractedText: text() },
        { name: text(), comment: text(), seeAlsos: listOf(text()) },
      ),
    ),
    packages: listOf(packageRule),
    relationships: listOf(relationship),
  },
);

export type Spdx2 = Kept<typeof documentRule>;
export type Spdx2Package = Kept<typeof packageRule>;
export type Spdx2Annotation = Kept<typeof annotation>;
