import type { Digest } from '#base/digest.ts';
import type { Platform } from './platform.ts';
import type { Unknown } from './unknown.ts';

/** Where an image was read from; the scheme of its reference. */
export type ImageSourceKind =
  | 'registry'
  | 'oci'
  | 'oci-archive'
  | 'docker-archive'
  | 'rootfs'
  | 'docker'
  | 'podman'
  | 'containerd'
  /** A document about an image, without the image. */
  | 'sbom';

/** One image of one platform, opened and ready to be walked. Its manifest and config have been verified. */
export interface Image {
  /** As the user wrote it, with its scheme. */
  readonly reference: string;
  readonly source: ImageSourceKind;
  /** The platform manifest's digest: the image's identity. Null where there is none: docker-archive, podman, Docker's classic store, rootfs. */
  readonly digest: Digest | null;
  /** The digest of the config, which Docker calls the image id. Null for a rootfs. */
  readonly configDigest: Digest | null;
  readonly platform: Platform | null;
  /** The index that the platform was chosen from, when there was one. */
  readonly index: ImageIndex | null;
  readonly config: ImageConfig | null;
  /** Lowest first. */
  readonly layers: readonly Layer[];
  /** Mismatches and missing blobs that `integrity: 'report'` let pass; empty otherwise. */
  readonly problems: readonly Unknown[];
}

export interface ImageIndex {
  readonly digest: Digest | null;
  /** Every platform that the index offers and the source holds; attestation manifests are not platforms. */
  readonly platforms: readonly Platform[];
}

/** The part of the image config (OCI image-spec, config.md) that Plimsoll reads, member names as in the model. */
export interface ImageConfig {
  readonly created?: string;
  readonly author?: string;
  readonly user?: string;
  readonly env: readonly string[];
  readonly entrypoint: readonly string[];
  readonly cmd: readonly string[];
  readonly workingDir?: string;
  readonly exposedPorts: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly history: readonly HistoryEntry[];
  readonly diffIds: readonly Digest[];
}

export interface HistoryEntry {
  readonly created?: string;
  readonly createdBy?: string;
  readonly comment?: string;
  readonly emptyLayer: boolean;
}

/** One layer, not yet read. Whoever reads it verifies `digest` over the bytes as stored and `diffId` over the tar. */
export interface Layer {
  /** 0 for the lowest. */
  readonly index: number;
  /** Digest of the uncompressed tar, from the verified config. Null where nothing promises one (rootfs). */
  readonly diffId: Digest | null;
  /** Digest of the bytes as stored, from the manifest. Null for docker-archive and rootfs. */
  readonly digest: Digest | null;
  /** Bytes as stored, where known. */
  readonly size: number | null;
  /** The media type as written; compression is detected from the content, since archives lie about it. */
  readonly mediaType: string | null;
  /** The history line that made it, where the config says. */
  readonly createdBy: string | null;
  readonly content: LayerContent;
}

export type LayerContent =
  /** A tar stream, perhaps compressed. May be opened more than once. A chunk is valid until the next is asked for. */
  | { readonly kind: 'tar'; readonly open: (signal?: AbortSignal) => AsyncIterable<Uint8Array> }
  /** A folder on this machine (`rootfs:DIR`), absolute and with its links resolved. */
  | { readonly kind: 'folder'; readonly path: string }
  /** The blob is not there; only with `integrity: 'report'`, together with a problem. */
  | { readonly kind: 'missing' };
