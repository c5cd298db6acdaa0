import type { Digest } from '#base/digest.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { parseAttachment } from '../documents/attachment.ts';
import type { Descriptor } from '../documents/descriptor.ts';
import { isForeignLayerType } from '../documents/media-types.ts';
import { OciError } from '../error.ts';
import { sizeMismatch } from '../images/blobs.ts';
import { parsePushedManifest } from '../pushed-manifest/pushed-manifest.ts';
import type { FetchedManifest } from '../registry/manifest.ts';
import type { ClosureRoute } from './closure.ts';
import type { Upstream } from './upstream.ts';

/** A way that leads to a manifest: what was asked for, an entry of an index or of a list of referrers, or a tag. */
export interface Link {
  readonly route: ClosureRoute;
  readonly digest: Digest;
  /** Null where nobody says, as are the next two. */
  readonly size: number | null;
  readonly mediaType: string | null;
  readonly platform: string | null;
  /** The manifest that leads there; null for what was asked for. */
  readonly about: Digest | null;
  /** The manifest on which it hangs, or the index does that lists it; null for the image itself. */
  readonly hangsOn: Digest | null;
  readonly tag: string | null;
  /** What a tag brought. */
  readonly fetched: FetchedManifest | null;
  /** The list of referrers under the fallback tag. */
  readonly isList: boolean;
  /** Indexes above it in its own tree. */
  readonly indexes: number;
  /** Manifests that it hangs on, one on the other. */
  readonly hops: number;
}

/** A manifest that was read: its digest and size are those by which it was found. */
export interface ReadNode {
  readonly digest: Digest;
  readonly kind: 'index' | 'manifest';
  readonly mediaType: string;
  readonly artifactType: string | null;
  readonly content: Uint8Array;
  readonly subject: Digest | null;
  /** Of an index. */
  readonly children: readonly Descriptor[];
  /** Of a manifest: config and layers. */
  readonly blobs: readonly NodeBlob[];
}

export interface NodeBlob {
  readonly digest: Digest;
  readonly size: number;
  readonly mediaType: string | null;
  readonly isForeign: boolean;
}

/** Reads what a link leads to, as our own registry will read it. Throws what fetching and parsing throw, and `BLOB_SIZE_MISMATCH`. */
export async function readNode(upstream: Upstream, link: Link, signal: AbortSignal): Promise<ReadNode> {
  const { digest, size } = link;
  const object = `manifest ${digest}`;
  if (size !== null && size > LIMITS.manifestBytes) {
    throw limitExceeded(object, LIMITS.manifestBytes, 'bytes', size);
  }
  const { bytes, mediaType } = link.fetched ?? (await upstream.manifest(digest, signal));
  if (size !== null && bytes.length !== size) {
    throw sizeMismatch(object, size, bytes.length);
  }
  return parseNode(digest, bytes, link.mediaType ?? mediaType);
}

export function parseNode(digest: Digest, bytes: Uint8Array, mediaType: string | null): ReadNode {
  const object = `manifest ${digest}`;
  const pushed = parsePushedManifest(bytes, mediaType, object);
  const { content } = parseAttachment(bytes, mediaType, object);
  const { kind, artifactType, subject } = pushed;
  const document = { digest, kind, mediaType: pushed.mediaType, artifactType, content: bytes };
  return {
    ...document,
    subject: subject?.digest ?? null,
    children: content.kind === 'index' ? content.manifests : [],
    blobs: content.kind === 'index' ? [] : [blobOf(content.config, false), ...content.layers.map(layerOf)],
  };
}

/**
 * What a registry lists under a subject need not hang there: the manifest's own word counts, which is under its digest. Cosign's
 * manifests say nothing; their tag counts then.
 */
export function assertHangs({ digest, subject }: ReadNode, { route, about, isList }: Link): void {
  const isTagged = route === 'signature-tag' || route === 'attestation-tag' || route === 'sbom-tag';
  if (about === null || route === 'child' || isList || subject === about || (isTagged && subject === null)) {
    return;
  }
  throw new OciError('REFERRER_SUBJECT_MISMATCH', 'hangs on something else than it is listed under', {
    object: `manifest ${digest}`,
    expected: `subject ${about}`,
    found: subject === null ? 'none' : `subject ${subject}`,
  });
}

function layerOf(layer: Descriptor): NodeBlob {
  return blobOf(layer, isForeignLayerType(layer.mediaType));
}

function blobOf({ digest, size, mediaType }: Descriptor, isForeign: boolean): NodeBlob {
  return { digest, size, mediaType, isForeign };
}
