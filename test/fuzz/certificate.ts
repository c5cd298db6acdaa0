import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { type Certificate, parseCertificate } from '#lib/trust/x509/certificate.ts';
import { accepted } from '#test/fixtures/fuzz-claims.ts';
import { certificateSeeds } from '#test/fixtures/fuzz-seeds.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

/** Certificates: where OpenSSL reads one too, it sees the same key, number and dates. */
export const certificate: FuzzTarget = {
  id: 'certificate',
  seeds: certificateSeeds,
  maxMillis: 200,
  mutate: mutateStructure,
  run: (input) => {
    const ours = parseCertificate(input, 'input');
    const theirs = opened(input);
    if (theirs === null) {
      return;
    }
    invariant('the serial number is the one that OpenSSL reads', () => {
      assert.equal(ours.serialHex.toUpperCase(), theirs.serialNumber);
    });
    invariant('the dates are the ones that OpenSSL reads', () => {
      assert.equal(ours.notBefore, theirs.validFromDate.getTime());
      assert.equal(ours.notAfter, theirs.validToDate.getTime());
    });
    invariant('whether it is an authority is what OpenSSL reads', () => {
      if (theirs.ca) {
        assert.ok(ours.basicConstraints?.ca !== false);
      }
    });
    assertSameKey(ours, theirs);
  },
};

function opened(input: Uint8Array): X509Certificate | null {
  try {
    return new X509Certificate(input);
  } catch {
    return null;
  }
}

function assertSameKey(ours: Certificate, theirs: X509Certificate): void {
  const key = accepted(() => ours.publicKey);
  if (key !== null) {
    invariant('the key is the one that OpenSSL reads', () => assert.ok(key.equals(theirs.publicKey)));
  }
}
