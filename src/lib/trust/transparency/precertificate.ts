import { contextTag, type Der, TAG } from '../encoding/der.ts';
import { oidOf } from '../encoding/der-values.ts';
import { encodeDer, encodeSequence } from '../encoding/der-writer.ts';

export const SCT_LIST_OID = '1.3.6.1.4.1.11129.2.4.2';

/**
 * The TBSCertificate that a log signed before the certificate had its list of SCTs (RFC 6962 section 3.2): everything as
 * it is, octet for octet, without that extension, and without the list of extensions where it was the only one.
 */
export function precertificateTbs(tbs: Der): Uint8Array {
  return encodeSequence(
    tbs.children.flatMap((member) => {
      if (member.tag !== contextTag(3)) {
        return [member.raw];
      }
      const kept = member
        .child(0, 'extensions')
        .expect(TAG.sequence, 'extensions')
        .children.filter((extension) => oidOf(extension.child(0, 'the identifier of an extension')) !== SCT_LIST_OID);
      return kept.length === 0 ? [] : [encodeDer(contextTag(3), [encodeSequence(kept.map(({ raw }) => raw))])];
    }),
  );
}
