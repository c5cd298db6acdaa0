import { algorithmOf, type Digest, digestOf } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import type { Artifact, Attached } from '#model/artifact.ts';
import { OciError } from '../error.ts';
import { fallbackTag } from '../evidence/tags.ts';
import type { FileSet } from '../files/file-set.ts';
import { openFolder } from '../files/folder.ts';
import { resolveSource } from '../files/open-file.ts';
import { blobPath, missingBlob, readStored } from '../images/blobs.ts';
import { assertLayoutVersion } from '../images/layout.ts';
import type { OpenOptions } from '../images/options.ts';
import type { LayoutReference } from '../reference.ts';
import { layersOf, tagDocument } from './cosign-tag.ts';
import { attachFailure, type Progress } from './failure.ts';
import { type JsonObject, membersOf, readGathering, writeGathering } from './gathering.ts';
import { LayoutWriter } from './layout-writer.ts';
import { MANIFEST, type Planned, type PlannedTag, planArtifact } from './plan.ts';

const NAME = 'org.opencontainers.image.ref.name';

/**
 * Attaches in a layout: a manifest with a subject is an entry of index.json without a name, cosign's has its tag for a
 * name. Other programs of this name wait for each other; what others write there meanwhile is not seen.
 */
export async function attachToLayout(
  artifacts: readonly Artifact[],
  reference: LayoutReference,
  { signal = new AbortController().signal }: OpenOptions,
): Promise<readonly Attached[]> {
  const root = await resolveSource(reference.path);
  const files = openFolder(root);
  await assertLayoutVersion(files, signal);
  const planned = artifacts.map(planArtifact);
  const progress: Progress = { stored: new Set(), attached: new Set() };
  try {
    const writer = new LayoutWriter(root, files);
    for (const [digest, bytes] of planned.flatMap((each) => [...each.blobs])) {
      await writer.putBlob(digest, bytes, signal);
    }
    for (const each of planned) {
      if (each.kind === 'referrer') {
        await writer.putBlob(each.digest, each.manifest.bytes, signal);
        progress.stored.add(each.digest);
      }
    }
    const results = new Map<Planned, Attached>();
    await writer.changeIndex((bytes) => addTo(bytes, planned, { root, files, writer, signal, results }), signal);
    return planned.flatMap((each) => results.get(each) ?? []);
  } catch (error) {
    signal.throwIfAborted();
    throw isAppError(error) && error.code !== 'LAYOUT_LOCKED' && error.code !== 'ATTACH_REFUSED'
      ? attachFailure(error, `layout ${root}`, progress)
      : error;
  } finally {
    await files.close();
  }
}

interface Layout {
  readonly root: string;
  readonly files: FileSet;
  readonly writer: LayoutWriter;
  readonly signal: AbortSignal;
  readonly results: Map<Planned, Attached>;
}

async function addTo(bytes: Uint8Array, planned: readonly Planned[], layout: Layout): Promise<Uint8Array> {
  const { root, results } = layout;
  const object = `index.json of ${root}`;
  const entries: JsonObject[] = [];
  for (const each of planned) {
    if (each.kind === 'referrer') {
      entries.push(each.entry);
      results.set(each, { subject: each.subject.digest, manifest: each.digest, route: 'referrers' });
    }
  }
  let index = writeGathering(readGathering('index', bytes, object), membersOf('index', entries), {}, object);
  const tagged = planned.filter((each) => each.kind === 'tag');
  for (const group of Map.groupBy(tagged, ({ subject, suffix }) => `${fallbackTag(subject.digest)}.${suffix}`)) {
    index = await addTag(index, ...group, layout);
  }
  return index;
}

/** The manifest under a tag is written anew with all its layers, and its entry leads to the new one. */
async function addTag(
  index: Uint8Array,
  tag: string,
  group: readonly PlannedTag[],
  { root, files, writer, signal, results }: Layout,
): Promise<Uint8Array> {
  const object = `tag ${tag} of ${root}`;
  const document = parseIndex(index, root);
  const at = document.manifests.findIndex((entry) => nameOf(entry) === tag);
  const before = document.manifests[at];
  const base = readGathering('manifest', before === undefined ? null : await manifestOf(before, files, signal), object);
  const [{ config, suffix, subject } = missing()] = group;
  const written = tagDocument(base, layersOf(group), config, object);
  await writer.putBlob(written.config.digest, written.config.content, signal);
  const digest = digestOf(written.bytes);
  await writer.putBlob(digest, written.bytes, signal);
  const entry = {
    mediaType: MANIFEST,
    annotations: { [NAME]: tag },
    ...before,
    digest,
    size: written.bytes.length,
  };
  const manifests = at === -1 ? [...document.manifests, entry] : document.manifests.with(at, entry);
  for (const each of group) {
    const route = suffix === 'sig' ? 'signature-tag' : 'attestation-tag';
    results.set(each, { subject: subject.digest, manifest: digest, route });
  }
  return Buffer.from(JSON.stringify({ ...document, manifests }));
}

/** What we have just made of one that was read. */
function parseIndex(bytes: Uint8Array, root: string): JsonObject & { readonly manifests: readonly JsonObject[] } {
  const { document } = readGathering('index', bytes, `index.json of ${root}`);
  return { ...document, manifests: (document?.['manifests'] ?? []) as readonly JsonObject[] };
}

async function manifestOf(entry: JsonObject, files: FileSet, signal: AbortSignal): Promise<Uint8Array> {
  const digest = entry['digest'] as Digest;
  const object = `manifest ${digest}`;
  const file = await files.find(blobPath(digest));
  if (file === null) {
    throw missingBlob(object, files);
  }
  const bytes = await readStored(file, LIMITS.manifestBytes, object, signal);
  if (digestOf(bytes, algorithmOf(digest)) !== digest) {
    throw new OciError('BLOB_DIGEST_MISMATCH', 'content is not what its digest says', { object, expected: digest });
  }
  return bytes;
}

/** The tag, also where a tool writes the repository before it. */
function nameOf(entry: JsonObject): string {
  // A map of strings, or it would not have been read.
  const name = ((entry['annotations'] ?? {}) as Readonly<Record<string, string>>)[NAME] ?? '';
  return name.slice(name.lastIndexOf(':') + 1);
}

function missing(): never {
  throw new Error('a group has members');
}
