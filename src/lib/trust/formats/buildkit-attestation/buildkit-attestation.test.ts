import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { Attachment, AttachmentBlob } from '#model/attachment.ts';
import { evidence } from '#test/evidence.ts';
import { data, missing } from '#test/prerequisites.ts';
import { readPredicate } from '../../attestations/predicates/list.ts';
import { parseStatement } from '../../attestations/statement.ts';
import { bindSubject } from '../../attestations/subject.ts';
import { inToto } from '../in-toto/index.ts';
import { buildkitAttestation } from './index.ts';

evidence(
  'trust/formats-buildkit-attestation',
  'published',
  'an image with provenance of BuildKit, exported by containerd',
);

const ARCHIVE = 'spec/images/containerd-archives/busybox-single-arch-with-attestation-manifest.tar';
const IMAGE = 'sha256:cf7d823e4eea96316ae629fb9a45b4211869162a5f5dc1654928c7ca530ed810';
const MANIFEST = 'sha256:c39be7154f939a9bf312c255b98ef2b46c77a0f8944b58c104570fc3bc19abb6';

interface ManifestJson {
  readonly mediaType: string;
  readonly layers: readonly { mediaType: string; digest: string; size: number; annotations: Record<string, string> }[];
}

/** The bytes of one entry of a plain tar: its header is the block before. */
function entryOf(archive: Buffer, name: string): Buffer {
  for (let at = 0; at + 512 <= archive.length; ) {
    const header = archive.subarray(at, at + 512);
    const size = Number.parseInt(header.toString('latin1', 124, 135), 8) || 0;
    if (header.toString('latin1', 0, header.indexOf(0)) === name) {
      return archive.subarray(at + 512, at + 512 + size);
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
  throw new Error(`${name} is not in the archive`);
}

function readAttachment(): Attachment {
  const archive = readFileSync(data(ARCHIVE));
  const blob = (digest: string): Buffer => entryOf(archive, `blobs/${digest.replace(':', '/')}`);
  const bytes = blob(MANIFEST);
  const manifest = JSON.parse(bytes.toString()) as ManifestJson;
  const blobs = manifest.layers.map((layer): AttachmentBlob => {
    const content = blob(layer.digest);
    assert.equal(digestOf(content), layer.digest);
    return {
      mediaType: layer.mediaType,
      digest: digestOf(content),
      size: layer.size,
      annotations: new Map(Object.entries(layer.annotations)),
      content,
      reason: null,
    };
  });
  return {
    subject: IMAGE as Attachment['subject'],
    route: 'index-entry',
    digest: digestOf(bytes),
    size: bytes.length,
    mediaType: manifest.mediaType,
    artifactType: null,
    annotations: new Map(),
    declaredSubject: null,
    blobs,
  };
}

test('provenance that BuildKit wrote is read, is about the image beside it, and nobody signed it', {
  skip: missing('shared-data'),
}, () => {
  const attachment = readAttachment();
  assert.ok(buildkitAttestation.recognises(attachment));
  assert.ok(!inToto.recognises(attachment));
  const { contents, failures } = buildkitAttestation.read(attachment);
  assert.deepEqual(failures, []);
  assert.equal(contents.length, 1);
  const [content] = contents;
  assert.ok(content !== undefined);
  assert.deepEqual(content.signatures, []);
  assert.equal(content.content.kind, 'statement');
  const statement = parseStatement(content.content.bytes, content.object);
  const subject = {
    kind: 'manifest',
    digest: attachment.subject,
    mediaType: attachment.mediaType,
    size: 480,
    platform: null,
    children: [],
  } as const;
  assert.equal(bindSubject({ kind: 'statement', statement }, subject, content.object).digest, IMAGE);
  const predicate = readPredicate(statement.predicate, statement.predicateType, content.object);
  assert.ok(predicate.kind === 'provenance');
  assert.equal(predicate.builderId, null);
  assert.equal(predicate.buildType, 'https://mobyproject.org/buildkit@v1');
  assert.equal(predicate.invocationId, '8wtmhv3xzwgofm4x4rjkfllvj');
  assert.equal(predicate.resolvedDependencies[0]?.uri, 'pkg:docker/busybox@latest?platform=linux%2Farm64');
});

test('what the annotation of a layer says of its predicate is not looked at', { skip: missing('shared-data') }, () => {
  const attachment = readAttachment();
  const lying = {
    ...attachment,
    blobs: attachment.blobs.map((blob) => ({
      ...blob,
      annotations: new Map([['in-toto.io/predicate-type', 'https://slsa.dev/verification_summary/v1']]),
    })),
  };
  assert.deepEqual(buildkitAttestation.read(lying), buildkitAttestation.read(attachment));
});
