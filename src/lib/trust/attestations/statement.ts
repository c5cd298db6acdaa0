import { quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { TrustError } from '../error.ts';
import { Fields } from './fields.ts';
import type { DigestSet } from './predicates/predicate.ts';

/** An in-toto statement (in-toto/attestation spec/v1/statement.md, spec/v0.1.0), read and typed; its predicate is not yet. */
export interface Statement {
  readonly version: 'v0.1' | 'v1';
  /** At least one, each with at least one digest. */
  readonly subjects: readonly StatementSubject[];
  /** A URI. Only this one counts: annotations that repeat it are a stranger's. */
  readonly predicateType: string;
  /** As parsed; an empty object where there is none, which the specification makes the same. */
  readonly predicate: unknown;
}

export interface StatementSubject {
  readonly name: string | null;
  readonly uri: string | null;
  readonly digest: DigestSet;
}

const VERSIONS: ReadonlyMap<string, Statement['version']> = new Map([
  ['https://in-toto.io/Statement/v0.1', 'v0.1'],
  ['https://in-toto.io/Statement/v1', 'v1'],
]);

/** Hex digits of the algorithms that an image can be bound by. */
const HEX_LENGTHS: ReadonlyMap<string, number> = new Map([
  ['sha256', 64],
  ['sha512', 128],
]);

/**
 * The statement in a payload. Strict where something is decided (duplicate members, subjects, digests of SHA-2), and blind
 * to members that it does not know, as the parsing rules ask (spec/v1/README.md, monotonic principle).
 * Throws `ENVELOPE_INVALID`, `LIMIT_EXCEEDED`, and the codes of `parseStrictJson`.
 */
export function parseStatement(bytes: Uint8Array, object: string): Statement {
  const fields = Fields.of(parseStrictJson(bytes, object), object, 'ENVELOPE_INVALID');
  const type = fields.text('_type');
  const version = VERSIONS.get(type);
  if (version === undefined) {
    throw fields.invalid('_type', [...VERSIONS.keys()].join(' or '), quote(type));
  }
  return {
    version,
    subjects: readSubjects(fields, object),
    predicateType: readPredicateType(fields),
    // Cosign 2 leaves it out of its signatures, and proto3 JSON takes null for left out.
    predicate: fields.value('predicate') ?? {},
  };
}

function readSubjects(fields: Fields, object: string): readonly StatementSubject[] {
  const items = fields.list('subject');
  if (items.length === 0) {
    throw fields.invalid('subject', 'at least one subject', 'none');
  }
  if (items.length > LIMITS.statementSubjects) {
    throw limitExceeded(object, LIMITS.statementSubjects, 'subjects', items.length);
  }
  return items.map((item, index) => readSubject(fields.child(item, `subject[${index}]`), object));
}

function readSubject(fields: Fields, object: string): StatementSubject {
  const digest = fields.textsByName('digest');
  if (digest.size === 0) {
    throw fields.invalid('digest', 'at least one digest', 'none');
  }
  if (digest.size > LIMITS.subjectDigests) {
    throw limitExceeded(object, LIMITS.subjectDigests, 'digests of one subject', digest.size);
  }
  for (const [algorithm, value] of digest) {
    const length = HEX_LENGTHS.get(algorithm);
    if (length !== undefined && (value.length !== length || !/^[0-9a-f]+$/.test(value))) {
      throw fields.invalid(`digest.${algorithm}`, `${length} lower-case hex digits`, quote(value));
    }
  }
  return { name: fields.optionalText('name'), uri: fields.optionalText('uri'), digest };
}

function readPredicateType(fields: Fields): string {
  const type = fields.text('predicateType');
  // A URI of any scheme (spec/v1/field_types.md, TypeURI), told from words and from text made to look like another.
  if (!/^[A-Za-z][A-Za-z0-9+.-]*:[\x21-\x7e]+$/.test(type) || type.length > LIMITS.predicateTypeChars) {
    throw fields.invalid('predicateType', `a URI of at most ${LIMITS.predicateTypeChars} characters`, quote(type));
  }
  return type;
}

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** True for the DSSE payload types of in-toto: `application/vnd.in-toto+json`, and `application/vnd.in-toto.<predicate>+json`. */
export function isStatementPayloadType(payloadType: string): boolean {
  return payloadType === PAYLOAD_TYPE || /^application\/vnd\.in-toto\.[A-Za-z0-9._-]+\+json$/.test(payloadType);
}

/** Throws `ENVELOPE_INVALID` unless the DSSE payload type says that the payload is a statement (spec/v1/envelope.md). */
export function assertStatementPayloadType(payloadType: string, object: string): void {
  if (!isStatementPayloadType(payloadType)) {
    throw new TrustError('ENVELOPE_INVALID', 'not an in-toto statement', {
      object,
      expected: `payloadType ${PAYLOAD_TYPE}`,
      found: quote(payloadType),
    });
  }
}
