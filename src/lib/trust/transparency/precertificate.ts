import { contextTag, type Der, TAG } from '../encoding/der.ts';
import { oidOf } from '../encoding/der-values.ts';

export const SCT_LIST_OID = '1.3.6.1.4.1.11129.2.4.2';

/**
 * The TBSCertificate that a log signed before the certificate had its list of SCTs (RFC 6962 section 3.2): everything as
 * it is, octet for octet, without that extension, and without the list of extensions where it was the only one.
 */
export function precertificateTbs(tbs: Der): Uint8Array {
  return sequence(
    tbs.children.flatMap((member) => {
      if (member.tag !== contextTag(3)) {
        return [member.raw];
      }
      const kept = member
        .child(0, 'extensions')
        .expect(TAG.sequence, 'extensions')
        .children.filter((extension) => oidOf(extension.child(0, 'the identifier of an extension')) !== SCT_LIST_OID);
      return kept.length === 0 ? [] : [encode(contextTag(3), [sequence(kept.map(({ raw }) => raw))])];
    }),
  );
}

function sequence(parts: readonly Uint8Array[]): Uint8Array {
  return encode(TAG.sequence, parts);
}

/** Identifier, the shortest length (X.690 section 10.1), contents. */
function encode(tag: number, parts: readonly Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return Buffer.concat([Buffer.of(tag), encodedLength(length), ...parts]);
}

function encodedLength(length: number): Buffer {
  if (length < 0x80) {
    return Buffer.of(length);
  }
  const hex = length.toString(16);
  const octets = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.of(0x80 | octets.length), octets]);
}
