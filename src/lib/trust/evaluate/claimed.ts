import { isAppError, quote } from '#base/error.ts';
import { signerOf } from '../keyless/certificate-identity.ts';
import type { SignatureBlock } from '../signed.ts';
import { parseCertificate } from '../x509/certificate.ts';

/** Who a signature says to be by, in words. Nothing of it has been shown to be true. */
export function claimedSigner(signature: SignatureBlock): string {
  const [der] = signature.certificates;
  if (der === undefined) {
    const hint = signature.kind === 'sigstore' ? signature.keyHint : null;
    return hint === null ? 'a key' : `a key called ${quote(hint, 80)}`;
  }
  try {
    const leaf = parseCertificate(der, signature.object);
    if (signature.kind === 'notary') {
      return `a certificate of ${quote(leaf.subject.text)}`;
    }
    const { subject, issuer } = signerOf(leaf);
    return `a certificate of ${quote(subject)}, known to ${quote(issuer)}`;
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    return 'a certificate that says nobody clearly';
  }
}
