import type { Kept, Rule } from '../../../../rules/rule.ts';
import { listOf, objectOf, oneOf, text, textThat, whichever } from '../../../../rules/rules.ts';

/** SPDX 3.0 in its JSON-LD form (annex "RDF serialization"), as much of its JSON schema as concerns the elements that are read. */
const iri = textThat((value) => /^[^\s<>"{}|\\^`]+$/.test(value), 'an IRI');

const instant = textThat(
  (value) => /^\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-6]\d:[0-6]\dZ$/.test(value),
  'a time such as 2026-08-21T12:00:00Z',
);

const creation = objectOf(
  {
    created: instant,
    createdBy: listOf(iri, { min: 1 }),
    specVersion: textThat((value) => /^3\.0\.\d+$/.test(value), 'a version 3.0.x'),
  },
  { createdUsing: listOf(iri) },
);

/** By its name, or in full: it is no element. */
const creationInfo = whichever<unknown>((value) => (typeof value === 'object' && value !== null ? creation : iri));

const element = { spdxId: iri, creationInfo };

const HASH_ALGORITHMS = words(`
  adler32 blake2b256 blake2b384 blake2b512 blake3 crystalsDilithium crystalsKyber falcon md2 md4 md5 md6 other sha1 sha224
  sha256 sha384 sha3_224 sha3_256 sha3_384 sha3_512 sha512`);

const PURPOSES = words(`
  application archive bom configuration container data device deviceDriver diskImage documentation evidence executable file
  filesystemImage firmware framework install library manifest model module operatingSystem other patch platform requirement
  source specification test`);

const RELATIONSHIPS = words(`
  affects amendedBy ancestorOf availableFrom configures contains coordinatedBy copiedTo delegatedTo dependsOn descendantOf
  describes doesNotAffect expandsTo exploitCreatedBy fixedBy fixedIn foundBy generates hasAddedFile hasAssessmentFor
  hasAssociatedVulnerability hasConcludedLicense hasDataFile hasDeclaredLicense hasDeletedFile hasDependencyManifest
  hasDistributionArtifact hasDocumentation hasDynamicLink hasEvidence hasExample hasHost hasInput hasMetadata
  hasOptionalComponent hasOptionalDependency hasOutput hasPrerequisite hasProvidedDependency hasRequirement hasSpecification
  hasStaticLink hasTest hasTestCase hasVariant invokedBy modifiedBy other packagedBy patchedBy publishedBy reportedBy
  republishedBy serializedInArtifact testedOn trainedOn underInvestigationFor usesTool`);

/** Only a hash is of a file or package as a whole. */
const integrityMethod = objectOf(
  { type: oneOf(['Hash', 'PackageVerificationCode']), algorithm: oneOf(HASH_ALGORITHMS), hashValue: text() },
  {},
);

const externalIdentifier = objectOf(
  {
    type: oneOf(['ExternalIdentifier']),
    externalIdentifierType: oneOf(
      words('cpe22 cpe23 cve email gitoid other packageUrl securityOther swhid swid urlScheme'),
    ),
    identifier: text(),
  },
  {},
);

const artifact = {
  name: text(),
  comment: text(),
  description: text(),
  verifiedUsing: listOf(integrityMethod),
  software_primaryPurpose: oneOf(PURPOSES),
  software_copyrightText: text(),
};

/** A type that is none could be a package misspelt, which nobody would miss. */
const OTHER_ELEMENTS = words(`
  Agent Bom Bundle IndividualElement Organization Person SoftwareAgent Tool build_Build
  expandedlicensing_ConjunctiveLicenseSet expandedlicensing_CustomLicense expandedlicensing_CustomLicenseAddition
  expandedlicensing_DisjunctiveLicenseSet expandedlicensing_IndividualLicensingInfo expandedlicensing_ListedLicense
  expandedlicensing_ListedLicenseException expandedlicensing_OrLaterOperator expandedlicensing_WithAdditionOperator
  security_CvssV2VulnAssessmentRelationship security_CvssV3VulnAssessmentRelationship security_CvssV4VulnAssessmentRelationship
  security_EpssVulnAssessmentRelationship security_ExploitCatalogVulnAssessmentRelationship
  security_SsvcVulnAssessmentRelationship security_VexAffectedVulnAssessmentRelationship
  security_VexFixedVulnAssessmentRelationship security_VexNotAffectedVulnAssessmentRelationship
  security_VexUnderInvestigationVulnAssessmentRelationship security_Vulnerability simplelicensing_SimpleLicensingText
  software_Sbom software_Snippet`);

const OTHER_OBJECTS = words(`
  DictionaryEntry ExternalIdentifier ExternalMap ExternalRef Hash NamespaceMap PackageVerificationCode PositiveIntegerRange
  ai_EnergyConsumption ai_EnergyConsumptionDescription extension_CdxPropertiesExtension extension_CdxPropertyEntry
  software_ContentIdentifier`);

const ELEMENTS: ReadonlySet<string> = new Set(OTHER_ELEMENTS);

const RULES = {
  software_Package: objectOf(element, {
    ...artifact,
    software_packageVersion: text(),
    software_packageUrl: text(),
    software_sourceInfo: text(),
    software_downloadLocation: text(),
    suppliedBy: iri,
    externalIdentifier: listOf(externalIdentifier),
  }),
  software_File: objectOf(element, artifact),
  Relationship: objectOf(
    { ...element, from: iri, to: listOf(iri, { min: 1 }), relationshipType: oneOf(RELATIONSHIPS) },
    { completeness: oneOf(['complete', 'incomplete', 'noAssertion']), comment: text() },
  ),
  Annotation: objectOf(
    { ...element, annotationType: oneOf(['other', 'review']), subject: iri },
    { statement: text(), contentType: text() },
  ),
  CreationInfo: creation,
  SpdxDocument: objectOf(element, { name: text(), comment: text(), rootElement: listOf(iri), element: listOf(iri) }),
  simplelicensing_LicenseExpression: objectOf(
    { ...element, simplelicensing_licenseExpression: text() },
    { simplelicensing_licenseListVersion: text() },
  ),
  /** Persons, organisations, tools, and elements that are not read. */
  element: objectOf({ ...element, type: oneOf(OTHER_ELEMENTS) }, { name: text() }),
  /** Objects that are no elements. */
  other: objectOf({ type: oneOf(OTHER_OBJECTS) }, {}),
} as const;

export type ElementType = keyof typeof RULES;

/** What is read of an element of each type. */
export type ElementOf<Type extends ElementType> = Kept<(typeof RULES)[Type]>;

const SUBTYPES: ReadonlyMap<string, ElementType> = new Map([
  ['LifecycleScopedRelationship', 'Relationship'],
  ['ai_AIPackage', 'software_Package'],
  ['dataset_DatasetPackage', 'software_Package'],
]);

/** The type of an element by which it is read. */
export function elementType(value: unknown): ElementType {
  const type = typeOf(value);
  return SUBTYPES.get(type) ?? (isElementType(type) ? type : ELEMENTS.has(type) ? 'element' : 'other');
}

function isElementType(type: string): type is ElementType {
  return Object.hasOwn(RULES, type) && type !== 'other' && type !== 'element';
}

const anyElement: Rule<object> = (value) =>
  typeOf(value) === '' ? objectOf({ type: text({ min: 1 }) }, {})(value) : RULES[elementType(value)](value);

const CONTEXTS = ['https://spdx.org/rdf/3.0.0/spdx-context.jsonld', 'https://spdx.org/rdf/3.0.1/spdx-context.jsonld'];

/** Other contexts could give every name another meaning. */
const context = whichever<unknown>((value) =>
  Array.isArray(value) ? listOf(oneOf(CONTEXTS), { min: 1 }) : oneOf(CONTEXTS),
);

export const graphRule = objectOf({ '@context': context, '@graph': listOf(anyElement) }, {});

function typeOf(value: unknown): string {
  const type: unknown = typeof value === 'object' && value !== null && 'type' in value ? value.type : '';
  return typeof type === 'string' ? type : '';
}

function words(text: string): readonly string[] {
  return text.trim().split(/\s+/);
}
