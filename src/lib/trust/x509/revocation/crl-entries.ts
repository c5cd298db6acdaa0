import { LIMITS, limitExceeded } from '#base/limits.ts';
import { type Der, invalid, parseDer, TAG } from '../../encoding/der.ts';
import { integerOf, timeOf } from '../../encoding/der-values.ts';
import { EXTENSION, extensionsOf, extensionValue } from '../extensions.ts';
import { malformed } from './malformed.ts';
import { reasonOf } from './reasons.ts';

export interface CrlEntry {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** A CRLReason by its name; `removeFromCRL` in deltas. */
  readonly reason: string;
}

const NONE: ReadonlyMap<string, CrlEntry> = new Map();

/**
 * The revoked certificates of a list by serial number in hex. Entries are read one at a time, as lists have hundreds of
 * thousands. Throws `REVOCATION_INVALID`, `DER_INVALID`, `LIMIT_EXCEEDED`.
 */
export function crlEntriesOf(list: Der | undefined, object: string): ReadonlyMap<string, CrlEntry> {
  if (list === undefined) {
    return NONE;
  }
  const entries = new Map<string, CrlEntry>();
  for (let at = 0; at < list.content.length; ) {
    const end = endOf(list.content, at, object);
    const value = parseDer(list.content.subarray(at, end), object).expect(TAG.sequence, 'a revoked certificate');
    const serial = integerOf(value.child(0, 'a serial number')).toString(16);
    const key = serial.length % 2 === 0 ? serial : `0${serial}`;
    const entry = entryOf(value, object);
    // Of two entries for one certificate the graver counts.
    if (!entries.has(key) || entries.get(key)?.reason === REMOVED) {
      entries.set(key, entry);
    }
    if (entries.size > LIMITS.revocationListEntries) {
      throw limitExceeded(object, LIMITS.revocationListEntries, 'entries');
    }
    at = end;
  }
  return entries;
}

const REMOVED = 'removeFromCRL';
const CRITICAL: ReadonlySet<string> = new Set([EXTENSION.reasonCode, EXTENSION.invalidityDate]);

/** Entries of other issuers (a critical certificateIssuer) make the whole list unusable, as RFC 5280 section 5.3 has it. */
function entryOf(value: Der, object: string): CrlEntry {
  const at = timeOf(value.child(1, 'the time of a revocation'));
  const list = value.children[2];
  if (list === undefined) {
    return { at, reason: 'unspecified' };
  }
  const extensions = extensionsOf(list.expect(TAG.sequence, 'extensions'));
  for (const { oid, critical } of extensions.values()) {
    if (critical && !CRITICAL.has(oid)) {
      throw malformed(object, 'only critical extensions of entries that are understood here', oid);
    }
  }
  const reason = extensions.get(EXTENSION.reasonCode);
  return { at, reason: reason === undefined ? 'unspecified' : reasonOf(extensionValue(reason, object)) };
}

/** Where the value that starts at `at` ends; whether its length is in the shortest form, its reader sees. */
function endOf(bytes: Uint8Array, at: number, object: string): number {
  const first = bytes[at + 1] ?? 0;
  const octets = first < 0x80 ? 0 : first & 0x7f;
  let length = octets === 0 ? first : 0;
  for (let index = 0; index < Math.min(octets, 4); index += 1) {
    length = length * 256 + (bytes[at + 2 + index] ?? 0);
  }
  const end = at + 2 + octets + length;
  if (octets > 4 || first === 0x80 || end > bytes.length) {
    throw invalid(object, 'a revoked certificate that ends inside its list', `${length} octets`);
  }
  return end;
}
