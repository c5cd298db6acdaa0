import type { Digest } from '#base/digest.ts';
import { algorithmOf, hexOf } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import { TrustError } from '../error.ts';
import type { SimpleSigning } from './simple-signing.ts';
import type { Statement } from './statement.ts';

/** What signed content says it is about, once parsed. */
export type SignedSubject =
  | { readonly kind: 'simple-signing'; readonly payload: SimpleSigning }
  | { readonly kind: 'statement'; readonly statement: Statement }
  | { readonly kind: 'notary-payload'; readonly target: NotaryTarget };

/** The Notary Project's `targetArtifact`. */
export interface NotaryTarget {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

/** Shows that signed content is about a subject. */
export interface BoundSubject {
  /** The digest that matched: the subject's own, never one of the manifests that an index lists. */
  readonly digest: Digest;
  /** What was matched: a statement about an index may count for its platforms, if the configuration says so. */
  readonly kind: EvidenceSubject['kind'];
  /** The name beside the digest, as the signer wrote it: for display. */
  readonly name: string | null;
}

/**
 * Binds content to the manifest that it hangs on, by digest alone: names are a signer's words, and the place where the
 * content was found a stranger's. The Notary Project asks for media type and size as well.
 * Throws `SUBJECT_MISMATCH` naming what was expected and what is there.
 */
export function bindSubject(content: SignedSubject, subject: EvidenceSubject, object: string): BoundSubject {
  switch (content.kind) {
    case 'simple-signing':
      return bindDigest(content.payload.digest, content.payload.reference, subject, object);
    case 'statement':
      return bindStatement(content.statement, subject, object);
    case 'notary-payload':
      return bindTarget(content.target, subject, object);
  }
}

function bindDigest(found: Digest, name: string | null, subject: EvidenceSubject, object: string): BoundSubject {
  if (found !== subject.digest) {
    throw mismatch(object, subject, found);
  }
  return { digest: subject.digest, kind: subject.kind, name };
}

function bindStatement(statement: Statement, subject: EvidenceSubject, object: string): BoundSubject {
  const algorithm = algorithmOf(subject.digest);
  const hex = hexOf(subject.digest);
  const match = statement.subjects.find((candidate) => candidate.digest.get(algorithm) === hex);
  if (match === undefined) {
    throw mismatch(object, subject, subjectsOf(statement));
  }
  return { digest: subject.digest, kind: subject.kind, name: match.name };
}

function bindTarget(target: NotaryTarget, subject: EvidenceSubject, object: string): BoundSubject {
  const bound = bindDigest(target.digest, null, subject, object);
  if (target.mediaType !== subject.mediaType) {
    throw new TrustError('SUBJECT_MISMATCH', 'signed for another media type', {
      object,
      expected: quote(subject.mediaType),
      found: quote(target.mediaType),
    });
  }
  if (target.size !== subject.size) {
    throw new TrustError('SUBJECT_MISMATCH', 'signed for another size', {
      object,
      expected: `${subject.size} bytes`,
      found: `${target.size} bytes`,
    });
  }
  return bound;
}

/** The first subjects in the signer's words, short enough for a message. */
function subjectsOf(statement: Statement): string {
  const shown = statement.subjects.slice(0, 3).map(({ name, digest }) => {
    const [first] = digest;
    const value = first === undefined ? 'no digest' : `${first[0]}:${first[1]}`;
    return quote(name === null ? value : `${name}@${value}`, 160);
  });
  const rest = statement.subjects.length - shown.length;
  return `${shown.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

function mismatch(object: string, subject: EvidenceSubject, found: string): TrustError {
  return new TrustError('SUBJECT_MISMATCH', 'about another image', {
    object,
    expected: `${subject.kind} ${subject.digest}`,
    found,
  });
}
