import { type Digest, isDigest } from '#base/digest.ts';
import { type Members, membersOf } from '#base/json/members.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS } from '#base/limits.ts';
import type { SbomDocument } from '#model/sbom.ts';
import { SbomError } from './error.ts';
import { assertKept } from './rules/rule.ts';
import { listOf, objectOf, oneOf, text, textThat } from './rules/rules.ts';

/** What is inside an in-toto statement or an envelope around one. */
export interface Unwrapped {
  readonly predicate: unknown;
  readonly wrapping: SbomDocument['wrapping'];
  readonly statedSubjects: readonly Digest[];
}

const STATEMENTS = ['https://in-toto.io/Statement/v0.1', 'https://in-toto.io/Statement/v1'] as const;

const PAYLOAD_TYPE = 'application/vnd.in-toto+json';

/** The predicate types of documents that are read, with or without a version behind them. */
const PREDICATES = ['https://cyclonedx.org/bom', 'https://spdx.dev/Document', 'https://syft.dev/bom'];

/**
 * The predicate of an in-toto statement v0.1 or v1, alone, in a DSSE envelope, or in an envelope in a Sigstore bundle. Null for
 * everything else. No signature is looked at. Throws `SBOM_INVALID` and `SBOM_UNSUPPORTED`.
 */
export function unwrap(value: unknown, name: string): Unwrapped | null {
  const members = membersOf(value);
  if (members === null) {
    return null;
  }
  if (members.has('dsseEnvelope')) {
    return fromEnvelope(members.get('dsseEnvelope'), `${name}, dsseEnvelope`);
  }
  if (members.has('payload') && members.has('payloadType')) {
    return fromEnvelope(value, name);
  }
  return isStatement(members) ? fromStatement(value, name, 'in-toto-statement') : null;
}

function isStatement(members: Members): boolean {
  return members.has('_type') && members.has('predicateType');
}

const base64 = textThat(isBase64, 'base64 text');

const envelopeRule = objectOf({ payload: base64, payloadType: oneOf([PAYLOAD_TYPE]) }, {});

function fromEnvelope(value: unknown, name: string): Unwrapped {
  assertKept(envelopeRule, value, name, 'DSSE');
  const payload = Buffer.from(value.payload, 'base64');
  return fromStatement(parseStrictJson(payload, `${name}, payload`), `${name}, payload`, 'dsse-envelope');
}

const statementRule = objectOf(
  {
    _type: oneOf(STATEMENTS),
    predicateType: textThat(
      (type) => PREDICATES.some((known) => type === known || type.startsWith(`${known}/`)),
      `a predicate type of ${PREDICATES.join(', ')}`,
    ),
    subject: listOf(objectOf({}, { name: text(), digest: objectOf({}, { sha256: text(), sha512: text() }) })),
  },
  {},
);

function fromStatement(value: unknown, name: string, wrapping: Unwrapped['wrapping']): Unwrapped {
  assertKept(statementRule, value, name, 'in-toto');
  if (value.subject.length > LIMITS.statementSubjects) {
    throw new SbomError('SBOM_INVALID', 'too many subjects', {
      object: `${name}, subject`,
      expected: `at most ${LIMITS.statementSubjects}`,
      found: String(value.subject.length),
    });
  }
  const statedSubjects = value.subject.flatMap(({ digest }) =>
    [`sha256:${digest?.sha256 ?? ''}`, `sha512:${digest?.sha512 ?? ''}`].filter(isDigest),
  );
  return { predicate: membersOf(value)?.get('predicate'), wrapping, statedSubjects };
}

/** Strict, as whoever verifies the envelope reads it: one text for the same bytes. */
function isBase64(payload: string): boolean {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(payload) && Buffer.from(payload, 'base64').toString('base64') === payload;
}

/** What cosign wraps a predicate into that is no JSON, or did before 2.0. */
export function insidePredicate(predicate: unknown): unknown {
  const members = membersOf(predicate);
  return members?.has('Data') === true ? members.get('Data') : predicate;
}
