import { digestOf } from '#base/digest.ts';
import type { Artifact, ArtifactBlob } from '#model/artifact.ts';
import type { Attachment } from '#model/attachment.ts';

export const NO_ANNOTATIONS: ReadonlyMap<string, string> = new Map();

/** OCI image-spec manifest.md, Guidance for an Empty Descriptor. */
export const EMPTY_CONFIG: ArtifactBlob = {
  mediaType: 'application/vnd.oci.empty.v1+json',
  content: Buffer.from('{}'),
  annotations: NO_ANNOTATIONS,
};

/** OCI image-spec annotations.md; seconds are enough. */
export function createdAnnotation(now: number): readonly [string, string] {
  return ['org.opencontainers.image.created', inSeconds(now)];
}

/** RFC 3339 in UTC, without a fraction. */
export function inSeconds(time: number): string {
  return new Date(Math.floor(time / 1000) * 1000).toISOString().replace('.000Z', 'Z');
}

/** An artifact as it will be found where it is put. Its manifest is not written yet, so its digest stands for all of it. */
export function asAttachment({ subject, place, artifactType, annotations, config, layers }: Artifact): Attachment {
  const route = place.kind === 'referrer' ? 'referrers' : place.suffix === 'sig' ? 'signature-tag' : 'attestation-tag';
  return {
    subject: subject.digest,
    route,
    digest: digestOf(JSON.stringify([subject.digest, layers.map(({ content }) => digestOf(content))])),
    size: 0,
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    artifactType: artifactType ?? config.mediaType,
    annotations,
    declaredSubject:
      place.kind === 'referrer' ? { mediaType: subject.mediaType, digest: subject.digest, size: subject.size } : null,
    blobs: layers.map(({ mediaType, content, annotations: own }) => ({
      mediaType,
      digest: digestOf(content),
      size: content.length,
      annotations: own,
      content,
      reason: null,
    })),
  };
}
