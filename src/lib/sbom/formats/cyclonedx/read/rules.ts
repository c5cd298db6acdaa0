import { SPDX_EXCEPTIONS, SPDX_LICENCES } from '../../../licences/spdx-list.ts';
import { inside, type Kept, type Rule } from '../../../rules/rule.ts';
import {
  anything,
  both,
  flag,
  later,
  listOf,
  objectOf,
  oneOf,
  text,
  textThat,
  whichever,
  wholeNumber,
} from '../../../rules/rules.ts';
import { dateTime, iriReference } from '../../../rules/texts.ts';

/**
 * CycloneDX JSON (ECMA-424), as much of its schemas as concerns what is read and what is beside it. One set of rules for
 * all versions: what is allowed in one of them only, is allowed.
 */
const reference = text({ min: 1 });

const hash = objectOf(
  {
    alg: oneOf([
      'MD5',
      'SHA-1',
      'SHA-256',
      'SHA-384',
      'SHA-512',
      'SHA3-256',
      'SHA3-384',
      'SHA3-512',
      'BLAKE2b-256',
      'BLAKE2b-384',
      'BLAKE2b-512',
      'BLAKE3',
      'Streebog-256',
      'Streebog-512',
    ]),
    content: textThat(
      (value) => /^[a-fA-F0-9]{32,128}$/.test(value) && [32, 40, 64, 96, 128].includes(value.length),
      '32, 40, 64, 96 or 128 hex digits',
    ),
  },
  {},
);

const property = objectOf({ name: text() }, { value: text() });

const externalReference = objectOf(
  { url: iriReference, type: text() },
  { comment: text(), hashes: listOf(hash), properties: listOf(property) },
);

const attachment = objectOf({ content: text() }, { contentType: text(), encoding: oneOf(['base64']) });

const contact = objectOf({}, { 'bom-ref': reference, name: text(), email: text(), phone: text() });

const organisation = objectOf(
  {},
  { 'bom-ref': reference, name: text(), url: listOf(iriReference), contact: listOf(contact) },
);

const licenceMembers = {
  'bom-ref': reference,
  acknowledgement: oneOf(['declared', 'concluded']),
  text: attachment,
  url: iriReference,
  properties: listOf(property),
};

const licence = whichever<LicenceObject>((value) => {
  if (!has(value, 'id')) {
    return objectOf({ name: text() }, licenceMembers);
  }
  return has(value, 'name') ? refusal('an id or a name, not both') : objectOf({ id: licenceId }, licenceMembers);
});

interface LicenceObject {
  readonly id?: string;
  readonly name?: string;
}

const licenceId = textThat(
  (id) => SPDX_LICENCES.has(id) || SPDX_EXCEPTIONS.has(id),
  'an identifier of the SPDX licence list',
);

const licenceEntry = whichever<LicenceEntry>((value) => {
  if (!has(value, 'expression')) {
    return objectOf({ license: licence }, {});
  }
  return has(value, 'license')
    ? refusal('a license or an expression, not both')
    : objectOf({ expression: text() }, { 'bom-ref': reference, acknowledgement: licenceMembers.acknowledgement });
});

interface LicenceEntry {
  readonly license?: LicenceObject;
  readonly expression?: string;
}

/** Before 1.7 an expression has to be alone. */
function licenceChoice(version: string): Rule<readonly LicenceEntry[]> {
  return both(listOf(licenceEntry), (entries) => {
    const at = entries.findIndex(({ expression }) => expression !== undefined);
    return version === '1.7' || at === -1 || entries.length === 1
      ? null
      : inside(at, {
          path: 'expression',
          expected: 'it alone, without other licences',
          found: `one of ${entries.length}`,
        });
  });
}

const issue = objectOf(
  { type: oneOf(['defect', 'enhancement', 'security']) },
  {
    id: text(),
    name: text(),
    description: text(),
    source: objectOf({}, { name: text(), url: iriReference }),
    references: listOf(iriReference),
  },
);

const patch = objectOf(
  { type: oneOf(['unofficial', 'monkey', 'backport', 'cherry-pick']) },
  { diff: objectOf({}, { text: attachment, url: iriReference }), resolves: listOf(issue) },
);

const swid = objectOf(
  { tagId: text(), name: text() },
  { version: text(), tagVersion: anything, patch: flag, text: attachment, url: iriReference },
);

const occurrence = objectOf({ location: text() }, { 'bom-ref': reference });

const COMPONENT_TYPES = [
  'application',
  'framework',
  'library',
  'container',
  'platform',
  'operating-system',
  'device',
  'device-driver',
  'firmware',
  'file',
  'machine-learning-model',
  'data',
  'cryptographic-asset',
] as const;

/** An empty one is none: some tools write it so. */
const purl = textThat((value) => value === '' || /^pkg:./i.test(value), 'a package URL');

interface ComponentShape {
  readonly type: (typeof COMPONENT_TYPES)[number];
  readonly name: string;
  readonly version?: string;
  readonly group?: string;
  readonly 'bom-ref'?: string;
  readonly description?: string;
  readonly hashes?: readonly Kept<typeof hash>[];
  readonly licenses?: readonly LicenceEntry[];
  readonly purl?: string;
  readonly supplier?: Kept<typeof organisation>;
  readonly publisher?: string;
  readonly components?: readonly ComponentShape[];
  readonly evidence?: { readonly occurrences?: readonly Kept<typeof occurrence>[] };
  readonly properties?: readonly Kept<typeof property>[];
}

function componentRule(version: string): Rule<ComponentShape> {
  const licenses = licenceChoice(version);
  const nested: Rule<readonly ComponentShape[]> = listOf(later(() => component));
  const component: Rule<ComponentShape> = objectOf(
    { type: oneOf(COMPONENT_TYPES), name: text(), ...(version <= '1.3' ? { version: text() } : {}) },
    {
      'mime-type': textThat((value) => /^[-+a-z0-9.]+\/[-+a-z0-9.]+$/.test(value), 'a media type'),
      'bom-ref': reference,
      supplier: organisation,
      manufacturer: organisation,
      authors: listOf(contact),
      author: text(),
      publisher: text(),
      group: text(),
      version: text({ max: 1024 }),
      description: text(),
      scope: oneOf(['required', 'optional', 'excluded']),
      hashes: listOf(hash),
      licenses,
      copyright: text(),
      cpe: text(),
      purl,
      omniborId: listOf(text()),
      swhid: listOf(text()),
      swid,
      modified: flag,
      pedigree: objectOf(
        {},
        { ancestors: nested, descendants: nested, variants: nested, patches: listOf(patch), notes: text() },
      ),
      externalReferences: listOf(externalReference),
      components: nested,
      evidence: objectOf(
        {},
        { occurrences: listOf(occurrence), licenses, copyright: listOf(objectOf({ text: text() }, {})) },
      ),
      properties: listOf(property),
      tags: listOf(text()),
    },
  );
  return component;
}

const serviceData = objectOf(
  { flow: oneOf(['inbound', 'outbound', 'bi-directional', 'unknown']), classification: text() },
  { name: text() },
);

interface ServiceShape {
  readonly name: string;
}

function serviceRule(version: string): Rule<ServiceShape> {
  const service: Rule<ServiceShape> = objectOf(
    { name: text() },
    {
      'bom-ref': reference,
      provider: organisation,
      group: text(),
      version: text({ max: 1024 }),
      description: text(),
      endpoints: listOf(iriReference),
      authenticated: flag,
      'x-trust-boundary': flag,
      data: listOf(serviceData),
      licenses: licenceChoice(version),
      externalReferences: listOf(externalReference),
      services: listOf(later(() => service)),
      properties: listOf(property),
      tags: listOf(text()),
    },
  );
  return service;
}

const AGGREGATES = [
  'complete',
  'incomplete',
  'incomplete_first_party_only',
  'incomplete_first_party_proprietary_only',
  'incomplete_first_party_opensource_only',
  'incomplete_third_party_only',
  'incomplete_third_party_proprietary_only',
  'incomplete_third_party_opensource_only',
  'unknown',
  'not_specified',
] as const;

const serialNumber = textThat(
  (value) => /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/.test(value),
  'urn:uuid: and a UUID in lower case',
);

const composition = objectOf(
  { aggregate: oneOf(AGGREGATES) },
  {
    'bom-ref': reference,
    assemblies: listOf(reference, { unique: true }),
    dependencies: listOf(text(), { unique: true }),
    vulnerabilities: listOf(text(), { unique: true }),
  },
);

const dependency = objectOf(
  { ref: reference },
  { dependsOn: listOf(reference, { unique: true }), provides: listOf(reference, { unique: true }) },
);

const legacyTool = objectOf(
  {},
  {
    vendor: text(),
    name: text(),
    version: text(),
    hashes: listOf(hash),
    externalReferences: listOf(externalReference),
  },
);

/** The document of a version, `1.2` to `1.7`. */
export function bomRule(version: string) {
  const component = componentRule(version);
  const service = serviceRule(version);
  const tools = whichever<ToolsShape>((value) =>
    Array.isArray(value)
      ? listOf(legacyTool)
      : objectOf({}, { components: listOf(component), services: listOf(service) }),
  );
  return objectOf(
    { bomFormat: oneOf(['CycloneDX']), specVersion: oneOf([version]) },
    {
      serialNumber,
      version: wholeNumber(1),
      metadata: objectOf(
        {},
        {
          timestamp: dateTime,
          lifecycles: listOf(anything),
          tools,
          authors: listOf(contact),
          component,
          manufacture: organisation,
          manufacturer: organisation,
          supplier: organisation,
          licenses: licenceChoice(version),
          properties: listOf(property),
        },
      ),
      components: listOf(component),
      services: listOf(service),
      externalReferences: listOf(externalReference),
      dependencies: listOf(dependency),
      compositions: listOf(composition),
      vulnerabilities: listOf(objectOf({}, { id: text() })),
      properties: listOf(property),
    },
  );
}

type ToolsShape =
  | readonly Kept<typeof legacyTool>[]
  | { readonly components?: readonly ComponentShape[]; readonly services?: readonly ServiceShape[] };

export type Bom = Kept<ReturnType<typeof bomRule>>;
export type BomComponent = ComponentShape;

function has(value: unknown, name: string): boolean {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name);
}

function refusal<T>(expected: string): Rule<T> {
  return () => ({ path: '', expected, found: 'both' });
}
