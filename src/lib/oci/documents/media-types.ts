/** Media types of OCI image-spec (media-types.md) and of Docker image manifest version 2, schema 2. */
const INDEXES: readonly string[] = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
export const DOCKER_MANIFEST = 'application/vnd.docker.distribution.manifest.v2+json';
const MANIFESTS: readonly string[] = ['application/vnd.oci.image.manifest.v1+json', DOCKER_MANIFEST];
const CONFIGS: readonly string[] = [
  'application/vnd.oci.image.config.v1+json',
  'application/vnd.docker.container.image.v1+json',
];
const SCHEMA_1 = 'application/vnd.docker.distribution.manifest.v1+';
const LAYERS: readonly string[] = ['application/vnd.oci.image.layer.', 'application/vnd.docker.image.rootfs.'];

/** Everything that a registry may be asked for as a manifest. */
export const MANIFEST_TYPES: readonly string[] = [...MANIFESTS, ...INDEXES];

export function isIndexType(mediaType: string | null): boolean {
  return mediaType !== null && INDEXES.includes(mediaType);
}

export function isManifestType(mediaType: string | null): boolean {
  return mediaType !== null && MANIFESTS.includes(mediaType);
}

export function isConfigType(mediaType: string | null): boolean {
  return mediaType !== null && CONFIGS.includes(mediaType);
}

export function isSchema1Type(mediaType: string | null): boolean {
  return mediaType?.startsWith(SCHEMA_1) ?? false;
}

/** Any layer of a file system; whether and how it is compressed is seen from the content. */
export function isLayerType(mediaType: string | null): boolean {
  return mediaType !== null && LAYERS.some((prefix) => mediaType.startsWith(prefix));
}

/** A layer that may not be distributed and is fetched from elsewhere, as the base layers of Windows once were. */
export function isForeignLayerType(mediaType: string | null): boolean {
  return mediaType !== null && (mediaType.includes('.nondistributable.') || mediaType.includes('.foreign.'));
}

export function isEncryptedLayerType(mediaType: string | null): boolean {
  return mediaType?.includes('+encrypted') ?? false;
}
