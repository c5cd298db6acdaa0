import type { KeylessSigner, KeySigner, TrustedSigner, X509Signer } from '../configuration.ts';
import type { Described, Fact } from './described.ts';
import { matcherText } from './matchers.ts';
import { certificateText, instantText, windowText } from './times.ts';

/** Who a signer is; `asked` is false for one that no rule names. */
export function describeSigner(signer: TrustedSigner, asked: boolean, now: number): Described {
  const operator = signer.operator === signer.name ? '' : `, operator ${signer.operator}`;
  return {
    title: `${signer.name}${operator}${asked ? '' : ' (no rule asks for it)'}`,
    facts: factsOf(signer, now),
  };
}

function factsOf(signer: TrustedSigner, now: number): readonly Fact[] {
  switch (signer.kind) {
    case 'key':
      return keyFacts(signer, now);
    case 'keyless':
      return keylessFacts(signer);
    case 'x509':
      return x509Facts(signer, now);
  }
}

function keyFacts({ key, root, transparency, validFrom, validUntil, revokedAt }: KeySigner, now: number): Fact[] {
  const bounded = validFrom !== null || validUntil !== null;
  return [
    { label: 'key', value: key.fingerprint },
    { label: 'log', value: transparency === 'required' ? 'an entry is required' : 'not asked for' },
    ...(root === null ? [] : [{ label: 'root', value: root.name }]),
    ...(bounded ? [{ label: 'signs', value: windowText(validFrom, validUntil, now) }] : []),
    ...(revokedAt === null ? [] : [{ label: 'revoked', value: `at ${instantText(revokedAt)}` }]),
  ];
}

function keylessFacts({ identity, root, transparency }: KeylessSigner): Fact[] {
  return [
    { label: 'issuer', value: matcherText(identity.issuer) },
    { label: 'subject', value: matcherText(identity.subject) },
    ...[...identity.claims].map(([label, matcher]) => ({ label, value: matcherText(matcher) })),
    { label: 'root', value: root.name },
    ...(transparency === 'required' ? [] : [{ label: 'log', value: 'not asked for' }]),
  ];
}

function x509Facts({ stores, identities, level, rules, crls, ocspResponses }: X509Signer, now: number): Fact[] {
  const { verifyTimestamp, ...checks } = rules;
  const logged = Object.entries(checks).filter(([, action]) => action !== 'enforce');
  return [
    ...(identities === 'any'
      ? [{ label: 'identity', value: 'every certificate under these anchors' }]
      : identities.map((identity) => ({ label: 'identity', value: identityText(identity) }))),
    ...[...stores.ca.values()].map((one) => ({ label: 'anchor', value: certificateText(one, now) })),
    ...[...stores.signingAuthority.values()].map((one) => ({ label: 'authority', value: certificateText(one, now) })),
    ...stores.tsa.flatMap(({ issuers }) =>
      issuers.map((one) => ({ label: 'clock', value: certificateText(one, now) })),
    ),
    {
      label: 'level',
      value:
        logged.length === 0 ? level : `${level} (${logged.map(([check, action]) => `${check}: ${action}`).join(', ')})`,
    },
    ...(verifyTimestamp === 'always' ? [] : [{ label: 'timestamp', value: 'only after a certificate has expired' }]),
    {
      label: 'revocation',
      value:
        crls.length + ocspResponses.length === 0
          ? 'no CRL and no OCSP response to tell it by'
          : `${crls.length} CRLs, ${ocspResponses.length} OCSP responses`,
    },
  ];
}

function identityText(identity: ReadonlyMap<string, string>): string {
  return [...identity].map(([type, value]) => `${type}=${value}`).join(', ');
}
