import { type Digest, digestOf } from '#base/digest.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { Artifact, ArtifactBlob } from '#model/artifact.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import type { Document } from '../registry/repository.ts';
import type { JsonObject } from './gathering.ts';

export const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';

/** An artifact as it is written. */
export type Planned = PlannedReferrer | PlannedTag;

export interface PlannedReferrer {
  readonly kind: 'referrer';
  readonly subject: EvidenceSubject;
  readonly manifest: Document;
  readonly digest: Digest;
  /** How an index lists it: with type and annotations, which is more than the digest asks for, and what others filter by. */
  readonly entry: JsonObject;
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
}

export interface PlannedTag {
  readonly kind: 'tag';
  readonly subject: EvidenceSubject;
  readonly suffix: 'sig' | 'att';
  readonly config: ArtifactBlob;
  /** Descriptors, as cosign's manifest lists them. */
  readonly layers: readonly JsonObject[];
  readonly blobs: ReadonlyMap<Digest, Uint8Array>;
}

/** Everything that can be said before anything is written. Throws `LIMIT_EXCEEDED` for what we would not read back. */
export function planArtifact(artifact: Artifact): Planned {
  const { subject, place, config, layers } = artifact;
  const blobs = new Map<Digest, Uint8Array>();
  for (const { content } of place.kind === 'tag' ? layers : [config, ...layers]) {
    const digest = digestOf(content);
    if (content.length > LIMITS.attachmentBlobBytes) {
      throw limitExceeded(`blob ${digest}`, LIMITS.attachmentBlobBytes, 'bytes', content.length);
    }
    blobs.set(digest, content);
  }
  if (place.kind === 'tag') {
    return { kind: 'tag', subject, suffix: place.suffix, config, layers: layers.map(descriptorOf), blobs };
  }
  const manifest = manifestOf(artifact);
  const digest = digestOf(manifest);
  if (manifest.length > LIMITS.manifestBytes) {
    throw limitExceeded(`manifest ${digest}`, LIMITS.manifestBytes, 'bytes', manifest.length);
  }
  const entry = {
    mediaType: MANIFEST,
    digest,
    size: manifest.length,
    artifactType: artifact.artifactType ?? config.mediaType,
    ...annotationsOf(artifact),
  };
  return { kind: 'referrer', subject, manifest: { mediaType: MANIFEST, bytes: manifest }, digest, entry, blobs };
}

export function descriptorOf(blob: ArtifactBlob): JsonObject {
  const { mediaType, content } = blob;
  return { mediaType, digest: digestOf(content), size: content.length, ...annotationsOf(blob) };
}

function manifestOf(artifact: Artifact): Uint8Array {
  const { artifactType, config, layers, subject } = artifact;
  const { mediaType, digest, size } = subject;
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      ...(artifactType === null ? {} : { artifactType }),
      config: descriptorOf(config),
      layers: layers.map(descriptorOf),
      subject: { mediaType, digest, size },
      ...annotationsOf(artifact),
    }),
  );
}

function annotationsOf({ annotations }: { readonly annotations: ReadonlyMap<string, string> }): JsonObject {
  return annotations.size === 0 ? {} : { annotations: Object.fromEntries(annotations) };
}
