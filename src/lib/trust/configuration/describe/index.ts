import type { Digest } from '#base/digest.ts';
import type { TrustConfiguration } from '../configuration.ts';
import type { Described } from './described.ts';
import { describeRoot } from './roots.ts';
import { describeRule } from './rules.ts';
import { describeSigner } from './signers.ts';

/** A trust configuration in words, so that a person can check who is trusted for what. Texts of files are quoted. */
export interface TrustDescription {
  readonly name: string;
  readonly digest: Digest;
  readonly rules: readonly Described[];
  readonly signers: readonly Described[];
  readonly roots: readonly Described[];
}

/** `now` in milliseconds since 1970: what has ended by then is said to have. */
export function describeTrust(configuration: TrustConfiguration, now: number): TrustDescription {
  const { name, digest, roots, signers, rules } = configuration;
  const asked = new Set(
    rules.flatMap(({ requirements }) => requirements.flatMap((one) => (one.kind === 'refuse' ? [] : one.signers))),
  );
  return {
    name,
    digest,
    rules: rules.map(describeRule),
    signers: [...signers.values()].map((signer) => describeSigner(signer, asked.has(signer), now)),
    roots: [...roots.values()].map((root) => describeRoot(root, now)),
  };
}
