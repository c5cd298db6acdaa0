import assert from 'node:assert/strict';
import { readBundle } from '#lib/trust/formats/sigstore-bundle/bundle.ts';
import type { LogEntry } from '#lib/trust/signed.ts';
import { parseLogBody } from '#lib/trust/transparency/log-body.ts';
import { accepted } from '#test/fixtures/fuzz-claims.ts';
import { publishedFiles, signedBlobs } from '#test/fixtures/fuzz-seeds.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const HASH_BYTES = { sha256: 32, sha384: 48, sha512: 64 } as const;
const ARTIFACT = Buffer.from('a file');

function entriesIn(bundles: readonly Uint8Array[]): readonly LogEntry[] {
  return bundles.flatMap((bundle) => accepted(() => readBundle(bundle, 'seed', ARTIFACT))?.signature.logEntries ?? []);
}

/** Bodies of log entries: a signature, a hash of its length and somebody who signed. */
export const logBody: FuzzTarget = {
  id: 'log-body',
  seeds: () =>
    entriesIn([
      ...signedBlobs('application/vnd.dev.sigstore.bundle'),
      ...publishedFiles('sigstore', /\.sigstore\.json$/),
    ]).map((entry) => entry.canonicalizedBody),
  maxMillis: 200,
  dictionary: [
    '"kind":"intoto"',
    '"kind":"dsse"',
    '"apiVersion":"0.0.2"',
    '"hashedRekordV002":{',
    '"dsseV002":{',
    '"__proto__":',
  ],
  mutate: mutateStructure,
  run: (input) => {
    const body = parseLogBody(
      {
        kindVersion: null,
        logId: new Uint8Array(32),
        logIndex: 0n,
        integratedTime: null,
        canonicalizedBody: input,
        inclusionPromise: null,
        inclusionProof: null,
      },
      'input',
    );
    invariant('there is a signature, a hash and somebody', () => {
      assert.ok(body.signature.length > 0);
      assert.equal(body.contentHash.value.length, HASH_BYTES[body.contentHash.algorithm]);
      assert.ok((body.verifier.kind === 'key' ? body.verifier.spki : body.verifier.der).length > 0);
    });
  },
};
