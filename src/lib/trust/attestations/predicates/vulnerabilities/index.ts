import { describe, Fields } from '../../fields.ts';
import type { PredicateReader, ReportedVulnerability, VulnerabilityPredicate } from '../predicate.ts';
import { readPlimsollResult } from './plimsoll.ts';
import { readTrivyResult } from './trivy.ts';

const COSIGN = 'https://cosign.sigstore.dev/attestation/vuln/v1';
const IN_TOTO = ['https://in-toto.io/attestation/vulns/v0.1', 'https://in-toto.io/attestation/vulns/v0.2'];

export const vulnerabilities: PredicateReader = {
  id: 'vulnerabilities',
  capabilities: {
    title: 'Vulnerability report',
    kind: 'vulnerabilities',
    predicateTypes: [COSIGN, ...IN_TOTO],
    specification: 'https://github.com/in-toto/attestation/blob/main/spec/predicates/vulns_02.md',
  },
  reads: (predicateType) => predicateType === COSIGN || IN_TOTO.includes(predicateType),
  read: (predicate, _predicateType, object) =>
    readReport(Fields.of(predicate, object, 'PREDICATE_INVALID', 'predicate')),
};

function readReport(fields: Fields): VulnerabilityPredicate {
  const scanner = fields.fields('scanner');
  const database = scanner.optionalFields('db');
  const metadata = fields.fields('metadata');
  return {
    kind: 'vulnerabilities',
    scanner: { uri: scanner.text('uri'), version: scanner.optionalText('version') },
    database: {
      uri: database?.optionalText('uri') ?? null,
      version: database?.optionalText('version') ?? null,
      lastUpdate: database?.optionalTime('lastUpdate') ?? null,
    },
    startedOn: metadata.optionalTime('scanStartedOn'),
    finishedOn: metadata.time('scanFinishedOn'),
    vulnerabilities: readResult(scanner),
  };
}

/** A list is in-toto's; an object the scanner's own report, as cosign's predicate has it whatever the type says. */
function readResult(scanner: Fields): readonly ReportedVulnerability[] | null {
  const result = scanner.value('result');
  if (Array.isArray(result)) {
    return scanner.items('result').map((item) => readItem(item));
  }
  if (typeof result !== 'object' || result === null) {
    throw scanner.invalid('result', 'the list of what was found, or the report of the scanner', describe(result));
  }
  const report = scanner.fields('result');
  return readTrivyResult(report) ?? readPlimsollResult(report);
}

/** The text of version 0.1 puts the members into `vulnerability`, its example and version 0.2 do not. */
function readItem(item: Fields): ReportedVulnerability {
  const fields = item.optionalFields('vulnerability') ?? item;
  return {
    id: fields.text('id'),
    severities: fields.optionalItems('severity').map((severity) => {
      return { method: severity.text('method'), score: severity.text('score') };
    }),
  };
}
