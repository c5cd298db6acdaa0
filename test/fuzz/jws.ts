import { readJws } from '#lib/trust/formats/notation/jws.ts';
import { onlyKnownEnvelopes } from '#test/fixtures/fuzz-notary.ts';
import { publishedFiles, signedBlobs } from '#test/fixtures/fuzz-seeds.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

const seeds = (): readonly Uint8Array[] => [
  ...signedBlobs('application/jose+json'),
  ...publishedFiles('notation/envelopes/jws', /\.(sig|json)$/),
];
let assertKnown: ((input: Uint8Array) => void) | null = null;

/** Notary signatures in JWS. */
export const jws: FuzzTarget = {
  id: 'jws',
  seeds,
  maxMillis: 200,
  dictionary: [
    '"io.cncf.notary.signingScheme":',
    '"io.cncf.notary.expiry":',
    '"crit":[',
    '"alg":"none"',
    '"x5c":[',
    '"__proto__":',
  ],
  mutate: mutateStructure,
  run: (input) => {
    assertKnown ??= onlyKnownEnvelopes(seeds(), readJws);
    assertKnown(input);
  },
};
