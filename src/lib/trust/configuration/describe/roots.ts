import { digestOf } from '#base/digest.ts';
import type { TimestampAuthority } from '../../timestamps/authority.ts';
import type { Log } from '../../trust-root/trust-root.ts';
import type { CertificateAuthority } from '../../x509/authority.ts';
import type { NamedRoot } from '../configuration.ts';
import type { Described, Fact } from './described.ts';
import { windowText } from './times.ts';

/** What a Sigstore trust root vouches for, and when each part of it counts. */
export function describeRoot({ name, root }: NamedRoot, now: number): Described {
  return {
    title: name,
    facts: [
      { label: 'digest', value: root.digest },
      ...root.certificateAuthorities.map((authority) => authorityFact(authority, now)),
      ...root.transparencyLogs.map((log) => logFact('log', log, now)),
      ...root.ctLogs.map((log) => logFact('CT log', log, now)),
      ...root.timestampAuthorities.map((authority) => clockFact(authority, now)),
    ],
  };
}

function authorityFact({ name, certificates, validFor }: CertificateAuthority, now: number): Fact {
  return {
    label: 'authority',
    value: `${name}, ${certificates.at(-1)?.fingerprint ?? 'no certificate'}, ${windowText(validFor.start, validFor.end, now)}`,
  };
}

function clockFact({ name, leaf, issuers, validFor }: TimestampAuthority, now: number): Fact {
  const anchor = issuers.at(-1) ?? leaf;
  return {
    label: 'clock',
    value: `${name}, ${anchor?.fingerprint ?? 'no certificate'}, ${windowText(validFor.start, validFor.end, now)}`,
  };
}

function logFact(label: string, { baseUrl, operator, key, validFor }: Log, now: number): Fact {
  return {
    label,
    value: `${baseUrl ?? 'no address'} of ${operator}, key ${digestOf(key.spki)}, ${windowText(validFor.start, validFor.end, now)}`,
  };
}
