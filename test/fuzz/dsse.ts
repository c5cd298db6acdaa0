import assert from 'node:assert/strict';
import { parseStrictJson } from '#base/json/strict.ts';
import { preAuthenticationEncoding, readDsse } from '#lib/trust/envelopes/dsse.ts';
import type { SigstoreSignature } from '#lib/trust/signed.ts';
import { onlyKnownClaims } from '#test/fixtures/fuzz-claims.ts';
import { publishedFiles, signedBlobs } from '#test/fixtures/fuzz-seeds.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

interface EnvelopeJson {
  readonly payload: string;
  readonly payloadType: string;
  readonly signatures: readonly { readonly sig: string }[];
}

const seeds = (): readonly Uint8Array[] => [
  ...signedBlobs('application/vnd.dsse.envelope.v1+json').filter(({ length }) => length < 32 * 1024),
  ...publishedFiles('intoto/dsse', /\.json$/),
];

let assertKnownClaims: ((input: Uint8Array) => void) | null = null;

/** DSSE envelopes: all that counts is what the JSON says, bit by bit, and damage makes no new claim. */
export const dsse: FuzzTarget = {
  id: 'dsse',
  seeds,
  maxMillis: 200,
  dictionary: ['"payload":', '"payloadType":', '"signatures":[', '"sig":', '"keyid":', '"__proto__":', '\\u0000', '=='],
  mutate: mutateStructure,
  run: (input) => {
    const envelope = readDsse(parseStrictJson(input, 'input'), 'input');
    invariant('what is accepted is what the JSON says', () => {
      const json = JSON.parse(Buffer.from(input).toString('utf8')) as EnvelopeJson;
      assert.equal(json.payload, Buffer.from(envelope.payload).toString('base64'));
      assert.equal(json.payloadType, envelope.payloadType);
      assert.deepEqual(
        json.signatures.map(({ sig }) => sig),
        envelope.signatures.map(({ sig }) => Buffer.from(sig).toString('base64')),
      );
    });
    assertKnownClaims ??= onlyKnownClaims({ seeds }, read);
    assertKnownClaims(input);
  },
};

function read(input: Uint8Array): readonly SigstoreSignature[] {
  const { payload, payloadType, signatures } = readDsse(parseStrictJson(input, 'input'), 'input');
  return signatures.map(({ sig, keyid }) => ({
    kind: 'sigstore',
    object: 'input',
    signature: sig,
    signedBytes: preAuthenticationEncoding(payloadType, payload),
    envelope: 'dsse',
    payload,
    payloadType,
    keyHint: keyid,
    certificates: [],
    timestamps: [],
    timestamped: sig,
    logEntries: [],
    logEvidence: 'either',
  }));
}
