import { type Digest, digestOf } from '#base/digest.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { parseManifest } from '../documents/manifest.ts';
import { OciError } from '../error.ts';

/** An object of a JSON document, to be written again as it was read. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * A document that many add members to, by reading and writing the whole of it: the index of referrers or of a layout,
 * whose members are descriptors of manifests, or cosign's manifest, whose layers are signatures.
 */
export interface Gathering {
  readonly kind: 'index' | 'manifest';
  /** As it was read; null where there is none yet. */
  readonly document: JsonObject | null;
  /** Null with `document`. */
  readonly digest: Digest | null;
  readonly members: Members;
}

/** By what makes a member the same: of an index the digest, of a manifest all that a layer's descriptor says. */
export type Members = ReadonlyMap<string, JsonObject>;

const LISTS = { index: 'manifests', manifest: 'layers' } as const;
const CAPS = { index: LIMITS.indexManifests, manifest: LIMITS.imageLayers } as const;
export const INDEX = 'application/vnd.oci.image.index.v1+json';

/** Throws `MANIFEST_INVALID` for a document of the other kind: it is somebody's, and is not written over. */
export function readGathering(kind: Gathering['kind'], bytes: Uint8Array | null, object: string): Gathering {
  if (bytes === null) {
    return { kind, document: null, digest: null, members: new Map() };
  }
  const parsed = parseManifest(bytes, null, object);
  if (parsed.kind !== kind) {
    throw new OciError('MANIFEST_INVALID', 'something else has this name', {
      object,
      expected: `an ${kind === 'index' ? 'index' : 'image manifest'}`,
      found: `an ${parsed.kind === 'index' ? 'index' : 'image manifest'}`,
    });
  }
  const document = parseStrictJson(bytes, object) as JsonObject;
  const list = (document[LISTS[kind]] ?? []) as readonly JsonObject[];
  return { kind, document, digest: digestOf(bytes), members: membersOf(kind, list) };
}

export function membersOf(kind: Gathering['kind'], list: readonly JsonObject[]): Members {
  return new Map(list.map((member) => [keyOf(kind, member), member]));
}

/** The document without members of these keys. */
export function without(gathering: Gathering, keys: readonly string[]): Gathering {
  const { kind, document, members } = gathering;
  const list = ((document ?? {})[LISTS[kind]] ?? []) as readonly JsonObject[];
  const left = list.filter((member) => !keys.includes(keyOf(kind, member)));
  return {
    ...gathering,
    document: document === null ? null : { ...document, [LISTS[kind]]: left },
    members: new Map([...members].filter(([key]) => !keys.includes(key))),
  };
}

/** The document with more members behind those that it has, and `changes` of its other parts. Throws `LIMIT_EXCEEDED`. */
export function writeGathering(
  { kind, document, members }: Gathering,
  more: Members,
  changes: JsonObject,
  object: string,
): Uint8Array {
  const added = [...more].filter(([key]) => !members.has(key)).map(([, member]) => member);
  // As they stand in the document: what is in there twice stays in there twice.
  const before = ((document ?? {})[LISTS[kind]] ?? []) as readonly JsonObject[];
  const list = [...before, ...added];
  if (list.length > CAPS[kind]) {
    throw limitExceeded(object, CAPS[kind], 'entries', list.length);
  }
  const bytes = Buffer.from(JSON.stringify({ schemaVersion: 2, ...document, ...changes, [LISTS[kind]]: list }));
  if (bytes.length > LIMITS.manifestBytes) {
    throw limitExceeded(object, LIMITS.manifestBytes, 'bytes', bytes.length);
  }
  return bytes;
}

/** Signatures of one payload by two keys are one blob with two descriptors, so that the annotations count too. */
function keyOf(kind: Gathering['kind'], { digest, mediaType, annotations }: JsonObject): string {
  const pairs = Object.entries((annotations ?? {}) as JsonObject).toSorted(([left], [right]) =>
    left < right ? -1 : 1,
  );
  return kind === 'index' ? String(digest) : JSON.stringify([mediaType, digest, pairs]);
}
