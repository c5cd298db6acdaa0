import assert from 'node:assert/strict';
import { hash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '#base/limits.ts';
import type { Attachment, AttachmentBlob } from '#model/attachment.ts';
import type { EvidenceFormat } from './format.ts';

export interface EvidenceContractSample {
  /** An attachment of the format, with at least one content and no failure. */
  readonly example: Attachment;
}

/** What every evidence format must do, whatever it reads. To be called at the top of the member's test. */
export function evidenceFormatContract(member: EvidenceFormat, { example }: EvidenceContractSample): void {
  const withBlobs = (change: (blob: AttachmentBlob) => AttachmentBlob): Attachment => ({
    ...example,
    blobs: example.blobs.map(change),
  });
  const withContent = (change: (content: Uint8Array) => Uint8Array): Attachment =>
    withBlobs((blob) => ({ ...blob, content: blob.content === null ? null : change(blob.content) }));

  describe(`${member.id}: contract of evidence formats`, () => {
    test('recognises its example and reads all of it', () => {
      assert.ok(member.recognises(example));
      const { contents, failures } = member.read(example);
      assert.deepEqual(failures, []);
      assert.ok(contents.length > 0);
      for (const content of contents) {
        assert.equal(content.format, member.id);
        assert.equal(content.attachment, example.digest);
        assert.ok(example.blobs.some((blob) => blob.digest === content.blob));
        assert.equal(content.signatures.length > 0, member.capabilities.signed, 'signed, as declared');
        assert.ok(content.object !== '');
      }
    });

    test('does not recognise an image', () => {
      const image = withBlobs((blob) => ({ ...blob, mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip' }));
      assert.ok(
        !member.recognises({ ...image, artifactType: 'application/vnd.oci.image.config.v1+json', route: 'referrers' }),
      );
    });

    test('the same attachment gives the same contents', () => {
      const copy = (): Attachment => withContent((content) => Buffer.from(content));
      assert.deepEqual(member.read(copy()), member.read(copy()));
    });

    test('a blob that was not read is a failure with its reason', () => {
      const { contents, failures } = member.read(
        withBlobs((blob) => ({ ...blob, content: null, reason: 'it was eaten' })),
      );
      assert.equal(contents.length, 0);
      assert.ok(failures.length > 0);
      assert.ok(failures.every(({ reason, code }) => reason.includes('it was eaten') && code !== ''));
    });

    test('without blobs there is nothing in it', () => {
      assert.deepEqual(member.read({ ...example, blobs: [] }).contents, []);
    });

    test('a blob that is cut off is a failure, or content that is not that of the whole', () => {
      const whole = member.read(example).contents.map(({ content }) => hashOf(content.bytes));
      for (const part of [0, 0.1, 0.5, 0.9, 0.999]) {
        const cut = withContent((content) => content.subarray(0, Math.floor((content.length - 1) * part)));
        const { contents, failures } = member.read(cut);
        assert.ok(contents.length + failures.length > 0);
        assert.ok(contents.every(({ content }) => !whole.includes(hashOf(content.bytes))));
        assertFailures(failures);
      }
    });

    test('damaged bytes and annotations give contents and failures, nothing is thrown', () => {
      const length = Math.max(...example.blobs.map((blob) => blob.content?.length ?? 0));
      const damage = fc.array(fc.tuple(fc.nat(length), fc.nat(255)), { minLength: 1, maxLength: 8 });
      fc.assert(
        fc.property(damage, fc.string({ unit: 'binary', maxLength: 40 }), fc.boolean(), (changes, text, annotated) => {
          const damaged = withContent((content) => {
            const copy = new Uint8Array(content);
            for (const [at, value] of changes) {
              copy[at % Math.max(copy.length, 1)] = value;
            }
            return copy;
          });
          const blobs = damaged.blobs.map((blob) => ({
            ...blob,
            annotations: annotated ? new Map([...blob.annotations.keys()].map((key) => [key, text])) : blob.annotations,
          }));
          const { contents, failures } = member.read({ ...damaged, blobs });
          assert.ok(contents.length + failures.length > 0);
          assertFailures(failures);
        }),
        { numRuns: 50 },
      );
    });

    test('whatever the bytes are, nothing is thrown and nothing is passed over', () => {
      fc.assert(
        fc.property(fc.uint8Array({ maxLength: 512 }), (noise) => {
          const { contents, failures } = member.read(withContent(() => noise));
          assert.ok(contents.length + failures.length > 0);
          assertFailures(failures);
        }),
      );
    });

    test('JSON nested without end does no harm', () => {
      assertFailures(member.read(withContent(() => Buffer.from('['.repeat(LIMITS.jsonDepth * 200)))).failures);
    });
  });
}

function assertFailures(failures: ReturnType<EvidenceFormat['read']>['failures']): void {
  for (const { object, code, reason } of failures) {
    assert.ok(object !== '' && code !== '' && reason !== '');
  }
}

function hashOf(bytes: Uint8Array): string {
  return hash('sha256', bytes);
}
