import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { isAppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { notaryPayload } from './payload.ts';

evidence('trust/notary-payload', 'published', 'the payload of the Notary Project signature specification');

const DIGEST = `sha256:${'a'.repeat(64)}`;
const TARGET = { mediaType: 'application/vnd.oci.image.manifest.v1+json', digest: DIGEST, size: 16724 };

describe('payloads of the Notary Project', () => {
  test('a descriptor with what the signer added', () => {
    const annotations = { 'io.wabbit-networks.buildId': '123', __proto: 'x' };
    assert.deepEqual(read({ targetArtifact: { ...TARGET, artifactType: 'sbom/example', annotations, urls: [] } }), {
      ...TARGET,
      artifactType: 'sbom/example',
      annotations: new Map(Object.entries(annotations)),
    });
  });

  test('a descriptor alone', () => {
    assert.deepEqual(read({ targetArtifact: TARGET }), { ...TARGET, artifactType: null, annotations: new Map() });
  });

  const refused: readonly (readonly [string, unknown])[] = [
    ['no object', [TARGET]],
    ['no targetArtifact', {}],
    ['a descriptor without its wrapper', TARGET],
    ['a member in another case', { TargetArtifact: TARGET }],
    ['a member besides', { targetArtifact: TARGET, also: {} }],
    ['no digest', { targetArtifact: { ...TARGET, digest: undefined } }],
    ['a digest in upper case', { targetArtifact: { ...TARGET, digest: DIGEST.toUpperCase() } }],
    ['a digest of another length', { targetArtifact: { ...TARGET, digest: 'sha256:aa' } }],
    ['a digest of an algorithm without strength', { targetArtifact: { ...TARGET, digest: `md5:${'a'.repeat(32)}` } }],
    ['no media type', { targetArtifact: { ...TARGET, mediaType: '' } }],
    ['no size', { targetArtifact: { ...TARGET, size: undefined } }],
    ['a size as a text', { targetArtifact: { ...TARGET, size: '16724' } }],
    ['a size below zero', { targetArtifact: { ...TARGET, size: -1 } }],
    ['a size with a fraction', { targetArtifact: { ...TARGET, size: 1.5 } }],
    ['a size past 2^53', { targetArtifact: { ...TARGET, size: 2 ** 53 } }],
    ['annotations that are no texts', { targetArtifact: { ...TARGET, annotations: { a: 1 } } }],
  ];
  for (const [what, payload] of refused) {
    test(`refuses ${what}`, () => {
      assert.throws(() => read(payload), { code: 'ENVELOPE_INVALID' });
    });
  }

  test('refuses a digest twice, of which another reader might take the other', () => {
    const text = JSON.stringify({ targetArtifact: TARGET }).replace('"digest"', `"digest":"${DIGEST}","digest"`);
    assert.throws(() => notaryPayload(Buffer.from(text), 'payload'), { code: 'JSON_DUPLICATE_KEY' });
  });

  test('any JSON is read or refused, never anything else', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (whole, part) => {
        for (const text of [whole, `{"targetArtifact":${part}}`]) {
          try {
            notaryPayload(Buffer.from(text), 'payload');
          } catch (error) {
            assert.ok(isAppError(error), String(error));
          }
        }
      }),
    );
  });
});

function read(payload: unknown): unknown {
  return notaryPayload(Buffer.from(JSON.stringify(payload)), 'payload');
}
