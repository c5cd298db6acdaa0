import type { Digest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { isNeededName } from '#lib/advisories/index.ts';
import type { OpenedArtifact } from '#lib/oci/index.ts';
import type { ShardInfo } from '#model/ports.ts';
import { SHARD_FORMAT, type ShardClaims } from '#store/shards/index.ts';
import { Annotations } from '../signed-artifact/annotations.ts';
import { AdvisoryArtifactError } from './error.ts';

/** Of the manifest, and of its layers: a shard each, compressed by zstd. */
export const ARTIFACT_TYPE = 'application/vnd.plimsoll.advisories.v1+json';
export const LAYER_TYPE = 'application/vnd.plimsoll.advisories.shard.v1.sqlite+zstd';

/** What precedes the names of all annotations of a layer. */
const PREFIX = 'dev.plimsoll.advisories.';

export type Layer = OpenedArtifact['layers'][number];

/** A shard in an artifact, as the manifest describes it. */
export interface ArtifactShard {
  readonly claims: ShardClaims;
  /** When the exporter last looked at the feed, milliseconds UTC. */
  readonly checked: number;
  /** Of the shard itself, decompressed. */
  readonly digest: Digest;
  readonly bytes: number;
  readonly layer: Layer;
}

/** How a layer says what is in it. Everything in here is the same for the same shard and look. */
export function annotationsOf(info: ShardInfo, digest: Digest, bytes: number): ReadonlyMap<string, string> {
  const { ecosystem, provider, source, revision, count, newest, checked } = info;
  const entries = {
    shard: ecosystem,
    provider,
    source,
    revision,
    count,
    newest,
    checked,
    digest,
    bytes,
    format: SHARD_FORMAT,
  };
  return new Map(Object.entries(entries).map(([name, value]) => [`${PREFIX}${name}`, String(value)]));
}

/**
 * The shards of an artifact, in its order. `now` in milliseconds UTC. Throws `ADVISORY_ARTIFACT_INVALID` and
 * `LIMIT_EXCEEDED`; that the digests hold is seen when the layers are read.
 */
export function readManifest(
  { artifactType, layers, reference }: Pick<OpenedArtifact, 'artifactType' | 'layers' | 'reference'>,
  now: number,
): readonly ArtifactShard[] {
  if (artifactType !== ARTIFACT_TYPE) {
    throw invalid(
      reference,
      `the artifact type ${ARTIFACT_TYPE}`,
      artifactType === null ? 'none' : quote(artifactType),
    );
  }
  if (layers.length === 0) {
    throw invalid(reference, 'a layer for each shard', 'none');
  }
  if (layers.length > LIMITS.advisoryArtifactShards) {
    throw limitExceeded(reference, LIMITS.advisoryArtifactShards, 'shards', layers.length);
  }
  const shards = layers.map((layer) => readLayer(layer, `${reference}, layer ${layer.digest}`, now));
  const seen = new Set<string>();
  for (const { claims, layer } of shards) {
    const key = keyOf(claims);
    if (seen.has(key)) {
      throw invalid(`${reference}, layer ${layer.digest}`, 'a layer for each shard', `${quote(key)} again`);
    }
    seen.add(key);
  }
  const bytes = shards.reduce((sum, shard) => sum + shard.bytes, 0);
  if (bytes > LIMITS.advisoryArtifactBytes) {
    throw limitExceeded(reference, LIMITS.advisoryArtifactBytes, 'bytes of shards', bytes);
  }
  return shards;
}

/** What tells a shard of one provider from all others. Two that a file system may take for one are one. */
export function keyOf({ provider, ecosystem }: Pick<ShardClaims, 'provider' | 'ecosystem'>): string {
  return `${provider} ${ecosystem}`.toLowerCase();
}

const DAY_MS = 86_400_000;
const MAX_SOURCE_CHARS = 4096;

function readLayer(layer: Layer, object: string, now: number): ArtifactShard {
  if (layer.mediaType !== LAYER_TYPE) {
    throw invalid(object, `the media type ${LAYER_TYPE}`, layer.mediaType === null ? 'none' : quote(layer.mediaType));
  }
  if (layer.size > LIMITS.advisoryLayerBytes) {
    throw limitExceeded(object, LIMITS.advisoryLayerBytes, 'bytes', layer.size);
  }
  const read = new Annotations(layer.annotations, PREFIX, object, invalid);
  const format = read.count('format');
  if (format !== SHARD_FORMAT) {
    throw invalid(object, `shards of format ${SHARD_FORMAT}`, `format ${format}`, SAME_VERSION);
  }
  const claims = {
    ecosystem: read.text('shard', isNeededName, 'the name of a shard, such as npm or Alpine:v3.20'),
    provider: read.text('provider', (text) => /^[a-z0-9-]{1,64}$/.test(text), 'the id of a provider'),
    source: read.text('source', (text) => text.length <= MAX_SOURCE_CHARS, `at most ${MAX_SOURCE_CHARS} characters`),
    revision: read.digest('revision'),
    count: read.count('count'),
    newest: read.count('newest'),
  };
  const [checked, bytes] = [read.count('checked'), read.count('bytes')];
  if (bytes > LIMITS.advisoryShardBytes) {
    throw limitExceeded(object, LIMITS.advisoryShardBytes, 'bytes of a shard', bytes);
  }
  // Nothing that comes later would ever be newer.
  if (Math.max(claims.newest, checked) > now + DAY_MS) {
    const found = new Date(Math.max(claims.newest, checked)).toISOString();
    throw invalid(object, 'times that are not ahead of the clock of this machine', found);
  }
  return { claims, checked, digest: read.digest('digest'), bytes, layer };
}

const SAME_VERSION = 'Export and import with the same version of Plimsoll.';

function invalid(object: string, expected: string, found: string, hint?: string): AdvisoryArtifactError {
  return new AdvisoryArtifactError('ADVISORY_ARTIFACT_INVALID', 'not an artifact of advisories', {
    object,
    expected,
    found,
    ...(hint === undefined ? {} : { hint }),
  });
}
