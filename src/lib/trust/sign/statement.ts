import { algorithmOf, hexOf } from '#base/digest.ts';
import type { EvidenceSubject } from '#model/attachment.ts';

/** What is attested: a predicate as JSON text, which goes into the statement as it stands. */
export interface PredicateText {
  /** A URI. */
  readonly type: string;
  readonly json: string;
}

/** The payload type of envelopes around a statement. */
export const STATEMENT_TYPE = 'application/vnd.in-toto+json';

/**
 * An in-toto statement about one manifest (in-toto/attestation spec/v1/statement.md, spec/v0.1.0). `name` is what its
 * signer calls the image, null for nothing. The text of the predicate is not written anew: numbers that JavaScript does
 * not hold stay what they are.
 */
export function statementBytes(
  subject: EvidenceSubject,
  predicate: PredicateText,
  { version, name }: { readonly version: 'v0.1' | 'v1'; readonly name: string | null },
): Buffer {
  const described = {
    ...(name === null ? {} : { name }),
    digest: { [algorithmOf(subject.digest)]: hexOf(subject.digest) },
  };
  return Buffer.from(
    `{"_type":"https://in-toto.io/Statement/${version}","subject":[${JSON.stringify(described)}],` +
      `"predicateType":${JSON.stringify(predicate.type)},"predicate":${predicate.json}}`,
  );
}
