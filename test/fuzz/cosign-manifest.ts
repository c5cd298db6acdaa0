import assert from 'node:assert/strict';
import { digestOf } from '#base/digest.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { cosignSignature } from '#lib/trust/formats/cosign-signature/index.ts';
import type { SigstoreSignature } from '#lib/trust/signed.ts';
import type { Attachment } from '#model/attachment.ts';
import { onlyKnownClaims } from '#test/fixtures/fuzz-claims.ts';
import { SIGNED_FIXTURES } from '#test/fixtures/signed/index.ts';
import { signedAttachments } from '#test/fixtures/signed-attachments.ts';
import { mutateStructure } from '../../tools/fuzz/structure/mutate-structure.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

/** A layer of cosign's `.sig` manifest, as JSON so that it can be damaged as one. */
interface Layer {
  readonly payload: string;
  readonly annotations: Readonly<Record<string, string>>;
}

const PAYLOAD = 'application/vnd.dev.cosign.simplesigning.v1+json';
const DIGEST = digestOf('manifest');

function seeds(): readonly Uint8Array[] {
  return SIGNED_FIXTURES.flatMap(({ id }) => signedAttachments(id))
    .flatMap(({ blobs }) => blobs)
    .filter(({ mediaType }) => mediaType === PAYLOAD)
    .map(({ content, annotations }) => {
      const payload = Buffer.from(content ?? []).toString('base64');
      return Buffer.from(JSON.stringify({ payload, annotations: Object.fromEntries(annotations) } satisfies Layer));
    });
}

let assertKnownClaims: ((input: Uint8Array) => void) | null = null;

/** Cosign's `.sig` layers: whatever the annotations hold, reading gives a content or a failure, and no new claim. */
export const cosignManifest: FuzzTarget = {
  id: 'cosign-manifest',
  seeds,
  maxMillis: 200,
  dictionary: [
    '"dev.sigstore.cosign/bundle":"{\\"SignedEntryTimestamp\\":\\"YQ==\\",\\"Payload\\":{\\"body\\":\\"e30=\\",\\"integratedTime\\":1,\\"logIndex\\":1,\\"logID\\":\\"00\\"}}",',
    '"dev.sigstore.cosign/certificate":',
    '"dev.sigstore.cosign/chain":',
    '"dev.sigstore.cosign/rfc3161timestamp":',
    '-----BEGIN CERTIFICATE-----',
  ],
  mutate: mutateStructure,
  run: (input) => {
    const attachment = attachmentOf(input);
    invariant('reading gives a content or a failure', () => {
      const { contents, failures } = cosignSignature.read(attachment);
      assert.equal(contents.length + failures.length, 1);
      for (const { code, reason } of failures) {
        assert.ok(code !== '' && reason !== '');
      }
    });
    assertKnownClaims ??= onlyKnownClaims({ seeds }, (bytes) =>
      cosignSignature
        .read(attachmentOf(bytes))
        .contents.flatMap(({ signatures }) => signatures)
        .filter((signature): signature is SigstoreSignature => signature.kind === 'sigstore'),
    );
    assertKnownClaims(input);
  },
};

/** What is not of the form of a layer is a layer without annotations. */
function attachmentOf(input: Uint8Array): Attachment {
  const layer = parseStrictJson(input, 'input') as Partial<Layer> | null;
  const annotations = Object.entries(Object(layer?.annotations) as Record<string, unknown>).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  const content = Buffer.from(typeof layer?.payload === 'string' ? layer.payload : '', 'base64');
  return {
    subject: DIGEST,
    route: 'signature-tag',
    digest: DIGEST,
    size: 1,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactType: null,
    annotations: new Map(),
    declaredSubject: null,
    blobs: [
      {
        mediaType: PAYLOAD,
        digest: digestOf(content),
        size: content.length,
        annotations: new Map(annotations),
        content,
        reason: null,
      },
    ],
  };
}
