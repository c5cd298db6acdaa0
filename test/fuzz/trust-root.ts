import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { digestOf } from '#base/digest.ts';
import { parseTrustRoot } from '#lib/trust/trust-root/parse-trust-root.ts';
import { publishedFiles } from '#test/fixtures/fuzz-seeds.ts';
import { TRUSTED_ROOT_FILE } from '#test/fixtures/signed/index.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

/** Trust roots of Sigstore: nobody in one is believed since ever. */
export const trustRoot: FuzzTarget = {
  id: 'trust-root',
  seeds: () => [
    readFileSync(TRUSTED_ROOT_FILE),
    ...publishedFiles('sigstore/trusted-roots', /^trusted.*root.*\.json$/),
  ],
  maxMillis: 500,
  dictionary: [
    '"validFor":{"start":"',
    '"end":"',
    '"operator":"',
    'PKIX_ED25519',
    'PKIX_ECDSA_P384_SHA_384',
    '"__proto__":',
  ],
  mutate: mutateStructure,
  run: (input) => {
    const root = parseTrustRoot(input, 'input');
    invariant('every member has a beginning and a key or certificates', () => {
      assert.equal(root.digest, digestOf(input));
      for (const log of [...root.transparencyLogs, ...root.ctLogs]) {
        assert.ok(Number.isFinite(log.validFor.start));
        assert.equal(log.key.key.type, 'public');
        assert.equal(log.checkpointKeyHint.length, 4);
        assert.notEqual(log.operator, '');
      }
      for (const authority of [...root.certificateAuthorities, ...root.timestampAuthorities]) {
        assert.ok(Number.isFinite(authority.validFor.start));
      }
    });
  },
};
