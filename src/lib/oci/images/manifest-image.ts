import type { Digest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { type Log, silentLog } from '#base/log.ts';
import type { Image, Layer, LayerContent } from '#model/image.ts';
import { formatPlatform, type Platform } from '#model/platform.ts';
import { type ConfigDocument, createdByOf, parseConfig } from '../documents/config.ts';
import type { Descriptor } from '../documents/descriptor.ts';
import { type ManifestDocument, parseManifest } from '../documents/manifest.ts';
import { isConfigType, isEncryptedLayerType, isForeignLayerType, isLayerType } from '../documents/media-types.ts';
import { OciError } from '../error.ts';
import { normalizePlatform } from '../platform.ts';
import { missingBlob, readBlob, sizeMismatch } from './blobs.ts';
import type { ContentSource } from './content-source.ts';
import type { Integrity } from './integrity.ts';
import { diffIdsOf } from './layers.ts';

/** An image without what only the whole source knows. */
export type ManifestImage = Omit<Image, 'reference' | 'source' | 'index'>;

/** Opens the image of one manifest: reads and verifies manifest and config, and finds the layers without reading them. */
export async function openManifest(
  source: ContentSource,
  descriptor: Descriptor,
  integrity: Integrity,
  signal?: AbortSignal,
  log: Log = silentLog,
): Promise<ManifestImage> {
  const object = `manifest ${descriptor.digest}`;
  const file = await source.manifest(descriptor);
  if (file === null) {
    throw missingBlob(object, source);
  }
  const blob = await readBlob(file, descriptor, LIMITS.manifestBytes, object, integrity, signal);
  const manifest = parseManifest(blob.bytes, descriptor.mediaType, object);
  if (manifest.kind === 'index') {
    throw new OciError('MANIFEST_INVALID', 'an index where a manifest should be', {
      object,
      expected: 'a manifest',
      found: 'an index',
    });
  }
  assertImage(manifest, object);
  const { config, digest: configDigest } = await openConfig(source, manifest, integrity, signal);
  return {
    digest: blob.digest,
    configDigest,
    platform: platformOf(descriptor.platform, config?.platform ?? null, object, log),
    config: config?.config ?? null,
    layers: await openLayers(source, manifest, config, integrity, object),
    problems: integrity.problems,
  };
}

async function openConfig(
  source: ContentSource,
  manifest: ManifestDocument,
  integrity: Integrity,
  signal?: AbortSignal,
): Promise<{ readonly config: ConfigDocument | null; readonly digest: Digest }> {
  const object = `config ${manifest.config.digest}`;
  const file = await source.blob(manifest.config);
  if (file === null) {
    integrity.report(missingBlob(object, source));
    return { config: null, digest: manifest.config.digest };
  }
  const blob = await readBlob(file, manifest.config, LIMITS.configBytes, object, integrity, signal);
  return { config: parseConfig(blob.bytes, object), digest: blob.digest };
}

async function openLayers(
  source: ContentSource,
  manifest: ManifestDocument,
  config: ConfigDocument | null,
  integrity: Integrity,
  object: string,
): Promise<readonly Layer[]> {
  const { layers } = manifest;
  const diffIds = diffIdsOf(config?.config ?? null, layers.length, integrity, object);
  const createdBy = createdByOf(config?.config.history ?? [], layers.length);
  const opened: Layer[] = [];
  for (const [index, layer] of layers.entries()) {
    const diffId = diffIds[index] ?? null;
    opened.push({
      index,
      diffId,
      digest: layer.digest,
      size: layer.size,
      mediaType: layer.mediaType,
      createdBy: createdBy[index] ?? null,
      content: await openLayer(source, layer, index, diffId, integrity),
    });
  }
  return opened;
}

async function openLayer(
  source: ContentSource,
  layer: Descriptor,
  index: number,
  diffId: Digest | null,
  integrity: Integrity,
): Promise<LayerContent> {
  const object = `layer ${index} (${layer.digest})`;
  if (isEncryptedLayerType(layer.mediaType)) {
    integrity.report(
      new OciError('LAYER_UNSUPPORTED', 'an encrypted layer', {
        object,
        expected: 'a layer that can be read without a key',
        found: quote(layer.mediaType ?? ''),
        hint: 'Decrypt the image first, for example with `skopeo copy --decryption-key`.',
      }),
      diffId,
    );
    return { kind: 'missing' };
  }
  const file = await source.blob(layer);
  if (file === null) {
    const foreign =
      'It is a foreign layer, which is not distributed with the image: save the image with its foreign layers.';
    integrity.report(missingBlob(object, source, isForeignLayerType(layer.mediaType) ? foreign : undefined), diffId);
    return { kind: 'missing' };
  }
  if (file.size !== layer.size) {
    integrity.report(sizeMismatch(object, layer.size, file.size), diffId);
  }
  return { kind: 'tar', open: (signal) => file.open(signal) };
}

function assertImage(manifest: ManifestDocument, object: string): void {
  const odd = manifest.layers.find((layer) => layer.mediaType !== null && !isLayerType(layer.mediaType));
  const { mediaType } = manifest.config;
  if (mediaType !== null && !isConfigType(mediaType)) {
    throw notAnImage(object, `a config of type ${quote(mediaType)}`);
  }
  if (odd !== undefined) {
    throw notAnImage(object, `a layer of type ${quote(odd.mediaType ?? '')}`);
  }
}

function notAnImage(object: string, found: string): OciError {
  return new OciError('NOT_AN_IMAGE', 'an artifact, not a container image', {
    object,
    expected: 'an image config and file system layers',
    found,
  });
}

/**
 * The config says it the same way whatever the image is kept in, so it goes first; the index may add the variant. Where
 * the two contradict each other the index is right, since a runtime chooses by it.
 */
function platformOf(listed: Platform | null, own: Platform | null, object: string, log: Log): Platform | null {
  const index = listed === null ? null : normalizePlatform(listed);
  const config = own === null ? null : normalizePlatform(own);
  if (index === null || config === null) {
    return config ?? index;
  }
  if (index.os !== config.os || index.architecture !== config.architecture) {
    const fields = { manifest: object, index: formatPlatform(index), config: formatPlatform(config) };
    log.warn('index and config name different platforms', fields);
    return index;
  }
  return config.variant === undefined ? index : config;
}
