import { limitExceeded } from '#base/limits.ts';
import { Der, TAG } from '../encoding/der.ts';
import { parsePemBlocks } from '../encoding/pem.ts';
import { type Certificate, parseCertificate } from './certificate.ts';

const MAX_CERTIFICATES = 1024;

/**
 * The certificates of a file as trust stores hold them: PEM, or DER, one behind the other; at least one. Throws
 * `PEM_INVALID`, `BASE64_INVALID`, `DER_INVALID`, `CERTIFICATE_INVALID`, `LIMIT_EXCEEDED`.
 */
export function parseCertificateFile(bytes: Uint8Array, object: string): readonly Certificate[] {
  const certificates =
    bytes[0] === TAG.sequence
      ? new Der(TAG.sequence, bytes, bytes, object, 0).children.map((value) => value.raw)
      : parsePemBlocks(Buffer.from(bytes).toString('latin1'), 'CERTIFICATE', object);
  if (certificates.length > MAX_CERTIFICATES) {
    throw limitExceeded(object, MAX_CERTIFICATES, 'certificates', certificates.length);
  }
  return certificates.map((der, index) =>
    parseCertificate(der, certificates.length === 1 ? object : `certificate ${index + 1} of ${object}`),
  );
}
