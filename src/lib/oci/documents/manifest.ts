import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { OciError } from '../error.ts';
import { type Descriptor, readDescriptor } from './descriptor.ts';
import { isIndexType, isManifestType, isSchema1Type } from './media-types.ts';
import { Shape } from './shape.ts';

/** An image index (image-index.md) or Docker manifest list. */
export interface IndexDocument {
  readonly kind: 'index';
  readonly manifests: readonly Descriptor[];
}

/** The manifest of one image (manifest.md). */
export interface ManifestDocument {
  readonly kind: 'manifest';
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
  readonly artifactType: string | null;
}

/**
 * An index or a manifest from its bytes. `mediaType` is what the descriptor says, null for none; the document's own
 * must agree with it, and must not have the members of the other kind, so that nobody takes one for the other
 * (CVE-2021-41190).
 */
export function parseManifest(
  bytes: Uint8Array,
  mediaType: string | null,
  object: string,
): IndexDocument | ManifestDocument {
  return readDocument(new Shape(parseStrictJson(bytes, object), object), mediaType);
}

/** The same of a document whose other members are of interest too. */
export function readDocument(shape: Shape, mediaType: string | null): IndexDocument | ManifestDocument {
  const { object } = shape;
  const own = shape.optionalString('mediaType');
  const type = own ?? mediaType;
  if (isSchema1Type(type) || shape.has('fsLayers')) {
    throw new OciError('MANIFEST_UNSUPPORTED', 'a manifest of Docker schema 1', {
      object,
      expected: 'an OCI or Docker schema 2 manifest',
      found: type ?? 'schema 1',
      hint: 'Pull and push the image with a current Docker or copy it with skopeo; that converts it.',
    });
  }
  if (own !== null && mediaType !== null && own !== mediaType) {
    throw new OciError('MANIFEST_INVALID', 'media type differs from its descriptor', {
      object,
      expected: mediaType,
      found: own,
    });
  }
  const isIndex = shape.has('manifests');
  const isManifest = shape.has('layers') || shape.has('config');
  if (isIndex === isManifest || (isIndex ? isManifestType(type) : isIndexType(type))) {
    throw new OciError('MANIFEST_INVALID', 'neither clearly an index nor clearly a manifest', {
      object,
      expected: type ?? 'an index with manifests, or a manifest with config and layers',
      found: isIndex ? (isManifest ? 'members of both' : 'an index') : isManifest ? 'a manifest' : 'members of neither',
    });
  }
  refuseOtherSchema(shape);
  return isIndex ? readIndex(shape) : readManifest(shape);
}

function readIndex(shape: Shape): IndexDocument {
  refuseLongList(shape, 'manifests', LIMITS.indexManifests);
  return { kind: 'index', manifests: shape.shapes('manifests').map(readDescriptor) };
}

function readManifest(shape: Shape): ManifestDocument {
  if (shape.has('layers')) {
    refuseLongList(shape, 'layers', LIMITS.imageLayers);
  }
  return {
    kind: 'manifest',
    config: readDescriptor(shape.shape('config')),
    // An artifact's manifest of an early OCI draft may have no layers at all; the config's type then says so.
    layers: shape.has('layers') ? shape.shapes('layers').map(readDescriptor) : [],
    artifactType: shape.optionalString('artifactType'),
  };
}

function refuseLongList(shape: Shape, name: string, limit: number): void {
  const { length } = shape.list(name);
  if (length > limit) {
    throw limitExceeded(`${shape.object}, ${name}`, limit, 'entries', length);
  }
}

function refuseOtherSchema(shape: Shape): void {
  if (shape.has('schemaVersion') && shape.count('schemaVersion') !== 2) {
    throw new OciError('MANIFEST_INVALID', 'unknown schema version', {
      object: shape.object,
      expected: '2',
      found: String(shape.count('schemaVersion')),
    });
  }
}
