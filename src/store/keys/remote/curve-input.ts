/**
 * A digest as a service takes it that insists on the hash of the key's curve: with zeros in front of one that is shorter. ECDSA
 * signs the number that the digest is (FIPS 186-5 section 6.4.1), which they leave as it is, so the signature is that of the
 * shorter hash.
 */
export function curveInput(digest: Uint8Array, octets: number): Uint8Array {
  return digest.length >= octets ? digest : Buffer.concat([Buffer.alloc(octets - digest.length), digest]);
}
