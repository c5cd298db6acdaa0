import type { AcceptedSignature } from '#model/evidence.ts';
import { visible } from '../text.ts';

/** Who signed, when, and who vouches for it. */
export function signatureLines({ signer, identity, times, logs, notes }: AcceptedSignature): readonly string[] {
  const vouches = identity.kind === 'keyless' ? 'vouched for by' : 'certified by';
  const issuer = identity.issuer === null ? '' : `, ${vouches} ${visible(identity.issuer)}`;
  return [
    `by ${visible(signer)}: ${identity.kind === 'key' ? 'key ' : ''}${visible(identity.name)}${issuer}`,
    ...times.map(({ source, time, authority }) => `at ${time}, says the ${words(source)} ${visible(authority)}`),
    ...logs.map(({ log, index }) => `in the log ${visible(log)} as entry ${index}`),
    ...notes.map((note) => `passed over as configured: ${visible(note)}`),
  ];
}

function words(source: string): string {
  return source.replaceAll('-', ' ');
}
