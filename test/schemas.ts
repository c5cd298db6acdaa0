import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { AnySchemaObject, ValidateFunction } from 'ajv';
import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import ajvFormats from 'ajv-formats';
import { data } from './prerequisites.ts';

/** The published JSON schema of CycloneDX, with formats enforced. */
export function cyclonedxValidator(version = '1.6'): ValidateFunction {
  const ajv = createAjv();
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) {
    ajv.addSchema(readSchema(`spec/cyclonedx/schema/${name}.schema.json`));
  }
  return ajv.compile(readSchema(`spec/cyclonedx/schema/bom-${version}.schema.json`));
}

/** The published JSON schema of SPDX 2.3. It is of draft 2019-09, and holds nothing that draft 7 reads otherwise. */
export function spdx2Validator(): ValidateFunction {
  const { $schema: _draft2019, ...schema } = readSchema('spec/spdx/2.3/spdx-schema.json');
  return createAjv().compile(schema);
}

/** The published JSON schema of SPDX 3.0.1. */
export function spdx3Validator(): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: false, logger: false });
  return ajv.compile(readSchema('spec/spdx/3.0/spdx-3.0.1.schema.json'));
}

/** The published JSON schema of SBOM documents, by what `-o` takes. */
export function sbomValidator(name: string): ValidateFunction {
  const [format, version] = name.split('@');
  if (format === 'cyclonedx') {
    return cyclonedxValidator(version);
  }
  return version === '3.0' ? spdx3Validator() : spdx2Validator();
}

/** The published JSON schema of SARIF 2.1.0. It is of draft 4, and holds nothing that draft 7 reads otherwise. */
export function sarifValidator(): ValidateFunction {
  const { $schema: _draft4, id: _id, ...schema } = readSchema('spec/sarif/sarif-schema-2.1.0.json');
  return createAjv().compile(schema);
}

/** The schema of `-o json` as it is published, formats enforced. */
export function reportValidator(): ValidateFunction {
  return publishedValidator('report');
}

/** The schema of what `verify` and `evidence` write, likewise. */
export function evidenceReportValidator(): ValidateFunction {
  return publishedValidator('evidence-report');
}

/** The schema of the predicate that holds the verdict of `--fail-on`. */
export function gateVerdictValidator(): ValidateFunction {
  return publishedValidator('gate-verdict');
}

/** The schemas of what `attest --scan`, and of what `sign` and `attest` write. */
export function ownEvidenceReportValidator(): ValidateFunction {
  return publishedValidator('own-evidence-report');
}

export function signingReportValidator(): ValidateFunction {
  return publishedValidator('signing-report');
}

/** The published JSON schema of OpenVEX 0.2.0, formats enforced but for IRIs, which are checked as URIs are. */
export function openvexValidator(): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: false, logger: false });
  ajvFormats.default(ajv);
  ajv.addFormat('iri', /^[A-Za-z][A-Za-z0-9+.-]*:[^\s<>"{}|\\^`]*$/);
  return ajv.compile(readSchema('spec/openvex/openvex_json_schema.json'));
}

/** The published JSON schema of CSAF with the ones of CVSS and CERT/CC that it refers to, formats enforced as 2.1 asks. */
export function csafValidator(version: '2.0' | '2.1'): ValidateFunction {
  const ajv = new Ajv2020({ strict: false, allErrors: false, logger: false, multipleOfPrecision: 6 });
  ajvFormats.default(ajv);
  const base = `spec/csaf/csaf_${version}`;
  for (const kind of version === '2.0' ? ['2.0', '3.0', '3.1'] : ['2.0', '3.0', '3.1', '4.0']) {
    // Of drafts 4, 7 and their own; nothing in them is read otherwise here.
    const {
      $schema: _draft,
      id: _id,
      $id: _newId,
      ...cvss
    } = readSchema(`${base}/referenced_schema/first/cvss-v${kind}.json`);
    ajv.addSchema(cvss, `https://www.first.org/cvss/cvss-v${kind}.json`);
  }
  if (version === '2.0') {
    return ajv.compile(readSchema(`${base}/json_schema/csaf_json_schema.json`));
  }
  ajv.addSchema(readSchema(`${base}/referenced_schema/certcc/SelectionList_2_0_0.schema.json`));
  const extension = (name: string) => readSchema(`${base}/json_schema/extension-${name}.json`);
  // Of the schema of schemas only what an address has to look like is referred to.
  const { $id, $defs } = extension('metaschema') as { $id: string; $defs: Record<string, AnySchemaObject> };
  ajv.addSchema({ $id, $defs: { content_schema_t: $defs['content_schema_t'] } });
  const { $schema: _contentMeta, ...content } = extension('content');
  ajv.addSchema(content);
  const { $schema: _meta, ...schema } = readSchema(`${base}/json_schema/csaf.json`);
  return ajv.compile(schema);
}

function publishedValidator(name: string): ValidateFunction {
  const ajv = new Ajv2020({ strict: true, allErrors: false, logger: false });
  ajvFormats.default(ajv);
  const path = resolve(import.meta.dirname, `../docs/reference/${name}.schema.json`);
  return ajv.compile(JSON.parse(readFileSync(path, 'utf8')) as AnySchemaObject);
}

function createAjv(): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: false, logger: false });
  ajvFormats.default(ajv);
  // Draft 2019-09 formats that ajv-formats leaves to others; the texts are checked as URIs, which is narrower.
  ajv.addFormat('iri-reference', /^[^\s<>"{}|\\^`]*$/);
  ajv.addFormat('idn-email', /^[^@\s]+@[^@\s]+$/);
  return ajv;
}

function readSchema(path: string): AnySchemaObject {
  return JSON.parse(readFileSync(data(path), 'utf8')) as AnySchemaObject;
}
