import assert from 'node:assert/strict';
import { readBundle } from '#lib/trust/formats/sigstore-bundle/bundle.ts';
import { onlyKnownClaims } from '#test/fixtures/fuzz-claims.ts';
import { publishedFiles, signedBlobs } from '#test/fixtures/fuzz-seeds.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

interface BundleJson {
  readonly dsseEnvelope?: {
    readonly payload: string;
    readonly payloadType: string;
    readonly signatures: readonly { readonly sig: string }[];
  };
}

const ARTIFACT = Buffer.from('a file that was signed');

const seeds = (): readonly Uint8Array[] => [
  ...signedBlobs('application/vnd.dev.sigstore.bundle').filter(({ length }) => length < 32 * 1024),
  ...publishedFiles('sigstore', /^bundle\.sigstore\.json$|\.sigstore\.json$/).filter(
    ({ length }) => length < 32 * 1024,
  ),
];

let assertKnownClaims: ((input: Uint8Array) => void) | null = null;

/** Sigstore bundles: the signed bytes are those in the document, and damage makes no new claim. */
export const sigstoreBundle: FuzzTarget = {
  id: 'sigstore-bundle',
  seeds,
  maxMillis: 500,
  dictionary: [
    '"mediaType":',
    'application/vnd.dev.sigstore.bundle+json;version=0.1',
    'application/vnd.dev.sigstore.bundle+json;version=0.2',
    'application/vnd.dev.sigstore.bundle.v0.3+json',
    '"x509CertificateChain":{"certificates":[{"rawBytes":"',
    '"certificate":{"rawBytes":"',
    '"publicKey":{"hint":"',
    '"inclusionPromise":{"signedEntryTimestamp":"',
    '"inclusionProof":null',
    '"tlogEntries":[]',
    '"messageSignature":{"messageDigest":{"algorithm":"SHA2_256","digest":"',
    '"__proto__":',
  ],
  mutate: mutateStructure,
  run: (input) => {
    const { signature } = readBundle(input, 'input', ARTIFACT);
    invariant('the signed bytes are in the document', () => {
      const { dsseEnvelope } = JSON.parse(Buffer.from(input).toString('utf8')) as BundleJson;
      if (signature.envelope === 'plain') {
        assert.ok(Buffer.compare(signature.signedBytes, ARTIFACT) === 0);
        return;
      }
      assert.ok(dsseEnvelope !== undefined);
      const { payload, payloadType, signatures } = dsseEnvelope;
      assert.equal(Buffer.from(signature.payload).toString('base64'), payload);
      assert.equal(signature.payloadType, payloadType);
      assert.deepEqual(
        signatures.map(({ sig }) => sig),
        [Buffer.from(signature.signature).toString('base64')],
      );
      const body = Buffer.from(payload, 'base64');
      const head = `DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${body.length} `;
      assert.ok(Buffer.compare(Buffer.concat([Buffer.from(head), body]), signature.signedBytes) === 0);
    });
    assertKnownClaims ??= onlyKnownClaims({ seeds }, (bytes) => [readBundle(bytes, 'input', ARTIFACT).signature]);
    assertKnownClaims(input);
  },
};
