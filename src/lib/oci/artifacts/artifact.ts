import { type Digest, digestOf } from '#base/digest.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import type { Document } from '../registry/repository.ts';

/** Files as an artifact of a registry or layout: a manifest with an empty config (image-spec, manifest.md, guidance for artifacts). */
export interface FileArtifact {
  readonly artifactType: string;
  readonly annotations: ReadonlyMap<string, string>;
  /** At least one. */
  readonly layers: readonly ArtifactFile[];
}

export interface ArtifactFile {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly annotations: ReadonlyMap<string, string>;
  /** The whole of it. One file is held at a time. */
  read(): Promise<Uint8Array>;
}

/** An artifact that is in its place. */
export interface StoredArtifact {
  readonly digest: Digest;
  /** A reference to this manifest and no other. Of an archive: in the folder that it is made of. */
  readonly pinned: string;
}

const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const EMPTY_TYPE = 'application/vnd.oci.empty.v1+json';

/** The empty config, and first layer where there is none. */
export const EMPTY: { readonly bytes: Uint8Array; readonly digest: Digest } = {
  bytes: Buffer.from('{}'),
  digest: digestOf('{}'),
};

/** The same artifact gives the same bytes. Throws `LIMIT_EXCEEDED` for what no registry would take. */
export function manifestOf({
  artifactType,
  annotations,
  layers,
}: FileArtifact): Document & { readonly digest: Digest } {
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MANIFEST,
      artifactType,
      config: { mediaType: EMPTY_TYPE, digest: EMPTY.digest, size: EMPTY.bytes.length },
      layers: layers.map(({ mediaType, digest, size, annotations: own }) => ({
        mediaType,
        digest,
        size,
        annotations: sorted(own),
      })),
      annotations: sorted(annotations),
    }),
  );
  const digest = digestOf(bytes);
  if (bytes.length > LIMITS.manifestBytes) {
    throw limitExceeded(`manifest ${digest}`, LIMITS.manifestBytes, 'bytes', bytes.length);
  }
  return { mediaType: MANIFEST, bytes, digest };
}

function sorted(annotations: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  return Object.fromEntries([...annotations].toSorted(([left], [right]) => (left < right ? -1 : 1)));
}
