import type { EvidenceSubject } from '#model/attachment.ts';
import { readPredicate } from '../attestations/predicates/list.ts';
import { parseSimpleSigning } from '../attestations/simple-signing.ts';
import { assertStatementPayloadType, parseStatement } from '../attestations/statement.ts';
import { bindSubject } from '../attestations/subject.ts';
import { notaryPayload } from '../notary/payload.ts';
import type { SignedContent } from '../signed.ts';
import type { Claim } from './judged.ts';

/**
 * What content says, bound to the manifest that it hangs on. Decided on the bytes that are signed alone: neither
 * annotations nor the place where it was found count. Throws what the readers throw, and `SUBJECT_MISMATCH`.
 */
export function readClaim({ content, signatures, object }: SignedContent, subject: EvidenceSubject): Claim {
  switch (content.kind) {
    case 'simple-signing':
      return readSimpleSigning(content.bytes, subject, object);
    case 'notary-payload':
      bindSubject({ kind: 'notary-payload', target: notaryPayload(content.bytes, object) }, subject, object);
      return { kind: 'signature', predicateType: null, reference: null };
    case 'statement': {
      for (const signature of signatures) {
        // A signature over something that was not said to be a statement must not be read as one.
        if (signature.kind === 'sigstore' && signature.payloadType !== null) {
          assertStatementPayloadType(signature.payloadType, object);
        }
      }
      const statement = parseStatement(content.bytes, object);
      bindSubject({ kind: 'statement', statement }, subject, object);
      const predicate = readPredicate(statement.predicate, statement.predicateType, object);
      const { predicateType } = statement;
      return predicate.kind === 'signature'
        ? { kind: 'signature', predicateType, reference: null }
        : { kind: 'attestation', predicateType, predicate };
    }
  }
}

function readSimpleSigning(bytes: Uint8Array, subject: EvidenceSubject, object: string): Claim {
  const payload = parseSimpleSigning(bytes, object);
  bindSubject({ kind: 'simple-signing', payload }, subject, object);
  return { kind: 'signature', predicateType: null, reference: payload.reference };
}
