import { quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import type { ManifestReference } from '#model/platform/records.ts';
import { readAttachment } from '../documents/attachment.ts';
import type { Descriptor } from '../documents/descriptor.ts';
import type { ManifestDocument } from '../documents/manifest.ts';
import {
  DOCKER_MANIFEST,
  isConfigType,
  isForeignLayerType,
  isLayerType,
  MANIFEST_TYPES,
} from '../documents/media-types.ts';
import { Shape } from '../documents/shape.ts';
import { OciError } from '../error.ts';
import { assertDescriptors } from './descriptors.ts';
import { mergeReferences } from './references.ts';

/** What a registry has to know of a manifest that it stores. */
export interface PushedManifest {
  readonly kind: 'index' | 'manifest';
  /** One of the four types of OCI and Docker. */
  readonly mediaType: string;
  /** Its own; of a manifest without one the media type of its config. */
  readonly artifactType: string | null;
  readonly subject: Descriptor | null;
  readonly annotations: Readonly<Record<string, string>>;
  /** Each kind and digest once. */
  readonly references: readonly ManifestReference[];
  /** What references say of the size, in bytes. */
  readonly sizes: ReadonlyMap<string, number>;
  /**
   * Whether a container can be made of it, as far as the document tells: it has layers of a file system. `unknown` for an index, whose
   * children decide, and for what only claims to have none: it has the config of an image, and layers of other types.
   */
  readonly isRunnable: boolean | 'unknown';
}

/**
 * A manifest or index as a client pushes it (OCI image-spec, manifest.md and image-index.md; Docker schema 2). `contentType` is the header of the
 * request, null for none: what the document says of itself has to agree with it, since clients believe either. Throws `MANIFEST_INVALID`,
 * `MANIFEST_UNSUPPORTED`, `DIGEST_INVALID`, `LIMIT_EXCEEDED` and the codes of strict JSON.
 */
export function parsePushedManifest(bytes: Uint8Array, contentType: string | null, object: string): PushedManifest {
  const given = contentType === null ? null : typeOf(contentType, object);
  const shape = new Shape(parseStrictJson(bytes, object), object);
  assertDescriptors(shape);
  const document = readAttachment(shape, given);
  const { content, mediaType } = document;
  if (!MANIFEST_TYPES.includes(mediaType)) {
    throw unknownType(mediaType, object);
  }
  const references = mergeReferences(content.kind === 'index' ? childrenOf(content.manifests) : blobsOf(content));
  const descriptors = content.kind === 'index' ? content.manifests : [content.config, ...content.layers];
  return {
    kind: content.kind,
    mediaType,
    artifactType: document.artifactType,
    subject: document.subject,
    annotations: Object.fromEntries(document.annotations),
    references,
    sizes: new Map(descriptors.map(({ digest, size }) => [digest, size])),
    isRunnable: content.kind === 'index' ? 'unknown' : isRunnable(content, mediaType),
  };
}

/** Docker runs images with these configs, too, since registries once lost the right one (distribution, issue 1621). */
const TAKEN_FOR_CONFIGS: readonly string[] = ['application/octet-stream', 'application/json', 'text/html'];

function isRunnable({ config, layers }: ManifestDocument, mediaType: string): boolean | 'unknown' {
  if (layers.some((layer) => isLayerType(layer.mediaType?.toLowerCase() ?? null))) {
    return true;
  }
  const configType = config.mediaType?.toLowerCase() ?? null;
  const isImage =
    isConfigType(configType) ||
    // Of Docker's manifests podman and CRI-O do not look at the type of the config.
    mediaType === DOCKER_MANIFEST ||
    configType === null ||
    TAKEN_FOR_CONFIGS.includes(configType);
  return isImage && layers.length > 0 ? 'unknown' : false;
}

function childrenOf(manifests: readonly Descriptor[]): readonly ManifestReference[] {
  return manifests.map(({ digest, platform }) => ({
    kind: 'child',
    digest,
    isHeld: false,
    platform:
      platform === null
        ? null
        : [platform.os, platform.architecture, platform.variant].filter((part) => part !== undefined).join('/'),
  }));
}

function blobsOf({ config, layers }: ManifestDocument): readonly ManifestReference[] {
  return [
    { kind: 'config', digest: config.digest, isHeld: true, platform: null },
    ...layers.map(
      ({ digest, mediaType }) =>
        ({ kind: 'layer', digest, isHeld: !isForeignLayerType(mediaType), platform: null }) as const,
    ),
  ];
}

function typeOf(contentType: string, object: string): string {
  const semicolon = contentType.indexOf(';');
  const type = (semicolon === -1 ? contentType : contentType.slice(0, semicolon)).trim().toLowerCase();
  if (!MANIFEST_TYPES.includes(type)) {
    throw unknownType(type, object);
  }
  return type;
}

function unknownType(found: string, object: string): OciError {
  return new OciError('MANIFEST_INVALID', 'not a media type of manifests', {
    object,
    expected: MANIFEST_TYPES.join(', '),
    found: quote(found),
  });
}
