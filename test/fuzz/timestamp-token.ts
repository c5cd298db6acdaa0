import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readBundle } from '#lib/trust/formats/sigstore-bundle/bundle.ts';
import { parseToken } from '#lib/trust/timestamps/signed-data.ts';
import { parseTokenInfo } from '#lib/trust/timestamps/token-info.ts';
import { verifyTimestamp } from '#lib/trust/timestamps/verify.ts';
import { parseTrustRoot } from '#lib/trust/trust-root/parse-trust-root.ts';
import { accepted } from '#test/fixtures/fuzz-claims.ts';
import { publishedFiles, signedBlobs } from '#test/fixtures/fuzz-seeds.ts';
import { TRUSTED_ROOT_FILE } from '#test/fixtures/signed/index.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

interface Stamped {
  readonly token: Uint8Array;
  readonly message: Uint8Array;
}

/** The tokens of the fixtures' bundles that their trust root vouches for, with what they are over. */
function stamped(): readonly Stamped[] {
  return signedBlobs('application/vnd.dev.sigstore.bundle').flatMap((blob) => {
    const signature = accepted(() => readBundle(blob, 'seed').signature);
    return (signature?.timestamps ?? []).map((token) => ({
      token,
      message: signature?.timestamped ?? new Uint8Array(),
    }));
  });
}

const authorities = parseTrustRoot(readFileSync(TRUSTED_ROOT_FILE), 'root').timestampAuthorities;
const verified = stamped().flatMap(({ token, message }) => {
  const timestamp = accepted(() => verifyTimestamp(token, message, authorities, 'seed'));
  return timestamp === null ? [] : [{ token, message, time: timestamp.time }];
});

/** RFC 3161 tokens: damage never moves a time, nor puts it on another message. */
export const timestampToken: FuzzTarget = {
  id: 'timestamp-token',
  seeds: () => [...verified.map(({ token }) => token), ...publishedFiles('notation/timestamp-tokens', /\.p7s$/)],
  maxMillis: 200,
  mutate: mutateStructure,
  run: (input) => {
    const { hash: algorithm, imprint } = parseTokenInfo(parseToken(input, 'input').content, 'input');
    const own = verified.filter(({ message }) => Buffer.compare(hash(algorithm, message, 'buffer'), imprint) === 0);
    for (const { message, time } of own) {
      const found = verifyTimestamp(input, message, authorities, 'input');
      invariant('a damaged token says nothing new', () => assert.equal(found.time, time));
    }
  },
};
