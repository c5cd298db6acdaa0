import { assertLinked, type ValidFor } from '../x509/authority.ts';
import type { Certificate } from '../x509/certificate.ts';
import { assertIssuer, assertLeaf } from '../x509/purposes.ts';

/** Whom to believe about time (RFC 3161), its chain verified once, so that a token costs one signature. */
export interface TimestampAuthority {
  /** For messages, results and thresholds by operator. */
  readonly name: string;
  /** The certificate that signs tokens; null where only its root is known, and tokens bring the rest. */
  readonly leaf: Certificate | null;
  /** Without the leaf: intermediates, the trust anchor last. Empty where the leaf itself is the anchor. */
  readonly issuers: readonly Certificate[];
  readonly validFor: ValidFor;
}

/**
 * From the certificates of a trust root: leaf first where it is known, trust anchor last, in order. Checks links and
 * purpose but no dates. Throws `CHAIN_INVALID` and what `verifyIssuedBy` throws.
 */
export function timestampAuthority(description: {
  readonly name: string;
  readonly certificates: readonly Certificate[];
  readonly validFor: ValidFor;
}): TimestampAuthority {
  const { name, certificates, validFor } = description;
  assertLinked(certificates, name);
  const [first, ...rest] = certificates;
  if (first === undefined || first.basicConstraints?.ca === true) {
    certificates.forEach((issuer, index) => {
      assertIssuer(issuer, index, 'timestamping');
    });
    return { name, leaf: null, issuers: certificates, validFor };
  }
  assertLeaf(first, 'timestamping', 'named');
  rest.forEach((issuer, index) => {
    assertIssuer(issuer, index, 'timestamping');
  });
  return { name, leaf: first, issuers: rest, validFor };
}
