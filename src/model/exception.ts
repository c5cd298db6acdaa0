import type { Digest } from '#base/digest.ts';
import { type Finding, isVulnerability } from './finding.ts';

/** A finding that does not count, and who says why. It stays among the findings. */
export interface Exception {
  /** The `id` of the finding. */
  readonly finding: string;
  /** The purl of its package. */
  readonly package: string;
  readonly status: ExceptionStatus;
  /** One of OpenVEX's, or of the document's format; null where the statement explains itself by other words, or says that it is repaired. */
  readonly justification: string | null;
  /** In the words of the author; null where there are none. */
  readonly explanation: string | null;
  readonly author: string;
  /** The identifier of the document that says so. */
  readonly document: string;
  /** When its author said so, ISO 8601 UTC; null where it is not said. */
  readonly since: string | null;
  /** From when on it no longer counts, ISO 8601 UTC; null for one that has no end. */
  readonly expires: string | null;
}

/** One of a report, which says where the document is from; a signed verdict does not: names of files are nobody else's business. */
export interface SourcedException extends Exception {
  readonly from: ExceptionSource;
}

/** The statuses of OpenVEX that except a finding. */
export type ExceptionStatus = 'not_affected' | 'fixed';

export interface ExceptionSource {
  /** An attestation has been accepted for a signer of the trust configuration; a file is the user's own word. */
  readonly kind: 'file' | 'attestation';
  /** The file as the user wrote it; of an attestation the manifest that holds it. */
  readonly name: string;
  /** Of the file, or of the blob that holds the attestation. */
  readonly digest: Digest;
}

/** The exception of a finding; null for one that counts. */
export type ExceptionOf = (finding: Finding) => SourcedException | null;

export function exceptionsByFinding(exceptions: readonly SourcedException[] = []): ExceptionOf {
  const byKey = new Map(exceptions.map((one) => [keyOf(one.finding, one.package), one]));
  return (finding) => (isVulnerability(finding) ? (byKey.get(keyOf(finding.id, finding.package.purl)) ?? null) : null);
}

/** As a signed verdict has it. */
export function withoutSource({ from: _from, ...said }: SourcedException): Exception {
  return said;
}

function keyOf(id: string, purl: string): string {
  return JSON.stringify([id, purl]);
}

/** Of OpenVEX 0.2.0, and of CSAF 2.0 (`flags`), which has the same. */
export const JUSTIFICATIONS = [
  'component_not_present',
  'vulnerable_code_not_present',
  'vulnerable_code_not_in_execute_path',
  'vulnerable_code_cannot_be_controlled_by_adversary',
  'inline_mitigations_already_exist',
] as const;
