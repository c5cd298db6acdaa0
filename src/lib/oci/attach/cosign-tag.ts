import { type Digest, digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import type { ArtifactBlob } from '#model/artifact.ts';
import { isConfigType } from '../documents/media-types.ts';
import { type Gathering, type JsonObject, type Members, membersOf, writeGathering } from './gathering.ts';
import { descriptorOf, MANIFEST, type PlannedTag } from './plan.ts';

/** Cosign's manifest with layers added, and the config that it names. */
export interface TagDocument {
  readonly bytes: Uint8Array;
  readonly config: { readonly digest: Digest; readonly content: Uint8Array };
}

/** What the artifacts of one tag add to it. */
export function layersOf(artifacts: readonly PlannedTag[]): Members {
  return membersOf(
    'manifest',
    artifacts.flatMap(({ layers }) => layers),
  );
}

/** Throws `LIMIT_EXCEEDED` when there are more layers than can be read. */
export function tagDocument(base: Gathering, layers: Members, config: ArtifactBlob, object: string): TagDocument {
  const all = [
    ...base.members.values(),
    ...[...layers].flatMap(([key, layer]) => (base.members.has(key) ? [] : [layer])),
  ];
  const content = configFor(config, all);
  const changes = {
    ...(base.document === null ? { mediaType: MANIFEST } : {}),
    config: descriptorOf({ ...config, content }),
  };
  return {
    bytes: writeGathering(base, layers, changes, object),
    config: { digest: digestOf(content), content },
  };
}

/** Cosign's manifests pass for images, whose configs list every layer as it is unpacked; these are not packed. */
function configFor({ mediaType, content }: ArtifactBlob, layers: readonly JsonObject[]): Uint8Array {
  const config = isConfigType(mediaType) ? objectIn(content) : null;
  if (config === null) {
    return content;
  }
  const history = Array.isArray(config['history']) ? (config['history'] as readonly unknown[]) : [];
  const [example] = history;
  return Buffer.from(
    JSON.stringify({
      ...config,
      ...(example === undefined ? {} : { history: layers.map((_, index) => history[index] ?? example) }),
      rootfs: { type: 'layers', diff_ids: layers.map(({ digest }) => digest) },
    }),
  );
}

function objectIn(content: Uint8Array): JsonObject | null {
  try {
    const value = parseStrictJson(content, 'config');
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
  } catch (error) {
    if (isAppError(error)) {
      return null;
    }
    throw error;
  }
}
