import { readCose } from '#lib/trust/formats/notation/cose.ts';
import { onlyKnownEnvelopes } from '#test/fixtures/fuzz-notary.ts';
import { publishedFiles, signedBlobs } from '#test/fixtures/fuzz-seeds.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import type { FuzzTarget } from '../../tools/fuzz/target.ts';

const seeds = (): readonly Uint8Array[] => [
  ...signedBlobs('application/cose'),
  ...publishedFiles('notation/envelopes/cose', /\.sig$/),
];
let assertKnown: ((input: Uint8Array) => void) | null = null;

/** Notary signatures in COSE. */
export const cose: FuzzTarget = {
  id: 'cose',
  seeds,
  maxMillis: 200,
  dictionary: [
    'io.cncf.notary.signingScheme',
    'io.cncf.notary.expiry',
    'io.cncf.notary.verificationPlugin',
    'notary.x509',
  ],
  mutate: mutateStructure,
  run: (input) => {
    assertKnown ??= onlyKnownEnvelopes(seeds(), readCose);
    assertKnown(input);
  },
};
