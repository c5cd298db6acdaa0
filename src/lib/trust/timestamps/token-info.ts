import { contextTag, type Der, parseDer, TAG } from '../encoding/der.ts';
import { booleanOf, integerOf, octetsOf, oidOf, timeOf } from '../encoding/der-values.ts';
import { algorithmOf } from '../x509/algorithm.ts';
import { extensionsOf } from '../x509/extensions.ts';
import { type HashName, hashNameOf } from '../x509/signature.ts';
import { malformed } from './malformed.ts';

/** TSTInfo (RFC 3161 section 2.4.2): what a timestamp says. */
export interface TokenInfo {
  readonly hash: HashName;
  /** The hash of what existed at that time. */
  readonly imprint: Uint8Array;
  /** Milliseconds since 1970. */
  readonly time: number;
  /** Milliseconds, rounded up; 0 where the authority does not say. */
  readonly accuracy: number;
  /** As the request had it; null where there was none. */
  readonly nonce: bigint | null;
}

/** Throws `TIMESTAMP_INVALID`, `ALGORITHM_REFUSED`, `DER_INVALID`. */
export function parseTokenInfo(bytes: Uint8Array, object: string): TokenInfo {
  const info = parseDer(bytes, object).expect(TAG.sequence, 'what a timestamp says');
  const version = integerOf(info.child(0, 'a version'));
  if (version !== 1n) {
    throw malformed(object, 'version 1', version.toString(16).slice(0, 20));
  }
  oidOf(info.child(1, 'a policy'));
  const imprint = info.child(2, 'a hash').expect(TAG.sequence, 'a hash');
  const hash = hashNameOf(algorithmOf(imprint.child(0, 'the algorithm of a hash')), object);
  integerOf(info.child(3, 'a serial number'));
  const time = timeOf(info.child(4, 'a time').expect(TAG.generalizedTime, 'a time'));
  return {
    hash,
    imprint: octetsOf(imprint.child(1, 'a hash')),
    time,
    ...readOptions(info.children.slice(5), object),
  };
}

/** Accuracy, ordering, nonce, tsa and extensions: each optional, in this order. */
const OPTIONS: readonly number[] = [TAG.sequence, TAG.boolean, TAG.integer, contextTag(0), contextTag(1)];

function readOptions(members: readonly Der[], object: string): Pick<TokenInfo, 'accuracy' | 'nonce'> {
  let next = 0;
  let accuracy = 0;
  let nonce: bigint | null = null;
  for (const member of members) {
    const position = OPTIONS.indexOf(member.tag, next);
    if (position === -1) {
      throw malformed(object, 'accuracy, ordering, nonce, name and extensions in their order', `tag ${member.tag}`);
    }
    next = position + 1;
    if (member.tag === TAG.sequence) {
      accuracy = accuracyOf(member, object);
    } else if (member.tag === TAG.boolean) {
      booleanOf(member);
    } else if (member.tag === TAG.integer) {
      nonce = integerOf(member);
    } else if (member.tag === contextTag(1)) {
      refuseCritical(member, object);
    }
  }
  return { accuracy, nonce };
}

function refuseCritical(list: Der, object: string): void {
  for (const { critical, oid } of extensionsOf(list).values()) {
    if (critical) {
      throw malformed(object, 'no critical extension', oid);
    }
  }
}

/** The INTEGERs of `millis` and `micros` have context tags in place of their own. */
const UNITS: readonly (readonly [tag: number, milliseconds: number])[] = [
  [TAG.integer, 1000],
  [contextTag(0, 'primitive'), 1],
  [contextTag(1, 'primitive'), 0.001],
];
const MAX_OCTETS = 4;

function accuracyOf(value: Der, object: string): number {
  let next = 0;
  let milliseconds = 0;
  for (const { tag, content } of value.children) {
    const position = UNITS.findIndex(([unit], index) => index >= next && unit === tag);
    const [, factor] = UNITS[position] ?? [0, 0];
    const [first = 0x80] = content;
    if (position === -1 || content.length > MAX_OCTETS || first >= 0x80) {
      throw malformed(object, 'an accuracy in seconds, milliseconds and microseconds', `tag ${tag}`);
    }
    next = position + 1;
    milliseconds += content.reduce((sum, byte) => sum * 256 + byte, 0) * factor;
  }
  return Math.ceil(milliseconds);
}
