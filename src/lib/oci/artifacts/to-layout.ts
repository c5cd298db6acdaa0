import { mkdir, realpath, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Digest } from '#base/digest.ts';
import { messageOf } from '#base/error.ts';
import { INDEX, type JsonObject, readGathering } from '../attach/gathering.ts';
import { LayoutWriter } from '../attach/layout-writer.ts';
import { OciError } from '../error.ts';
import { openFolder } from '../files/folder.ts';
import { assertLayoutVersion } from '../images/layout.ts';
import type { OpenOptions } from '../images/options.ts';
import type { LayoutReference } from '../reference.ts';
import type { Document } from '../registry/repository.ts';
import { EMPTY, type FileArtifact, type StoredArtifact } from './artifact.ts';
import type { BeforeNaming } from './push.ts';

const NAME = 'org.opencontainers.image.ref.name';

/** See `pushArtifact`. What had the name before loses it, and its entry with it: its blobs stay where they are. */
export async function pushToLayout(
  { artifactType, layers }: FileArtifact,
  manifest: Document & { readonly digest: Digest },
  { path, tag }: Pick<LayoutReference, 'path' | 'tag'>,
  { signal = new AbortController().signal }: OpenOptions,
  before: BeforeNaming,
): Promise<StoredArtifact> {
  const root = await layoutFolder(path);
  const files = openFolder(root);
  try {
    await assertLayoutVersion(files, signal);
    const writer = new LayoutWriter(root, files);
    await writer.putBlob(EMPTY.digest, EMPTY.bytes, signal);
    for (const layer of layers) {
      await writer.putBlob(layer.digest, await layer.read(), signal);
    }
    const { digest, mediaType, bytes } = manifest;
    await writer.putBlob(digest, bytes, signal);
    const entry = { mediaType, digest, size: bytes.length, artifactType };
    const object = `index.json of ${root}`;
    await writer.changeIndex(async (text) => await changed(text, object, (list) => withEntry(list, entry)), signal);
    const stored = { digest, pinned: `oci:${path}@${digest}` };
    try {
      await before(stored);
    } catch (error) {
      // Two without a name would make `oci:DIR` ambiguous. What it was is worth more than what undoing it says.
      await writer
        .changeIndex(async (text) => await changed(text, object, without(digest)), signal)
        .catch(() => undefined);
      throw error;
    }
    const name = tag ?? 'latest';
    await writer.changeIndex(async (text) => await changed(text, object, (list) => named(list, digest, name)), signal);
    return stored;
  } finally {
    await files.close();
  }
}

/** The folder with its links resolved; an empty layout where there is nothing. */
async function layoutFolder(path: string): Promise<string> {
  try {
    const made = await mkdir(path, { recursive: true });
    const root = await realpath(path);
    if (made !== undefined) {
      await writeFile(join(root, 'index.json'), JSON.stringify({ schemaVersion: 2, mediaType: INDEX, manifests: [] }));
      // Last: without it the folder is no layout yet.
      await writeFile(join(root, 'oci-layout'), JSON.stringify({ imageLayoutVersion: '1.0.0' }));
    }
    return root;
  } catch (error) {
    throw new OciError('ATTACH_REFUSED', 'cannot be written', {
      object: path,
      expected: 'a folder that can be made or written to',
      found: messageOf(error),
      cause: error,
    });
  }
}

type Entries = readonly JsonObject[];

function changed(bytes: Uint8Array, object: string, change: (list: Entries) => Entries): Promise<Uint8Array> {
  const { document } = readGathering('index', bytes, object);
  const list = (document?.['manifests'] ?? []) as Entries;
  return Promise.resolve(Buffer.from(JSON.stringify({ ...document, manifests: change(list) })));
}

/** An artifact that is there already keeps its entry, and its name. */
function withEntry(list: Entries, entry: JsonObject): Entries {
  return list.some(({ digest }) => digest === entry['digest']) ? list : [...list, entry];
}

/** One that has a name was there before. */
function without(digest: Digest): (list: Entries) => Entries {
  return (list) => list.filter((entry) => entry['digest'] !== digest || nameOf(entry) !== undefined);
}

function named(list: Entries, digest: Digest, name: string): Entries {
  return list
    .filter((entry) => entry['digest'] === digest || nameOf(entry) !== name)
    .map((entry) =>
      entry['digest'] === digest
        ? { ...entry, annotations: { ...(entry['annotations'] as JsonObject | undefined), [NAME]: name } }
        : entry,
    );
}

function nameOf({ annotations }: JsonObject): unknown {
  return ((annotations ?? {}) as JsonObject)[NAME];
}
