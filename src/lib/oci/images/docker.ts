import { type Digest, digestOf, isDigest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import type { Image, Layer } from '#model/image.ts';
import { type ConfigDocument, createdByOf, parseConfig } from '../documents/config.ts';
import { type DockerImage, parseDockerManifest } from '../documents/docker-manifest.ts';
import { OciError } from '../error.ts';
import type { FileSet, StoredFile } from '../files/file-set.ts';
import { normalizePlatform } from '../platform.ts';
import type { DockerArchiveReference } from '../reference.ts';
import { formatRegistryName, parseRegistryName } from '../registry-name.ts';
import { missingBlob, readStored } from './blobs.ts';
import { choosePlatform } from './choose.ts';
import { Integrity } from './integrity.ts';
import { diffIdsOf } from './layers.ts';
import type { OpenOptions } from './options.ts';
import { listNames } from './select.ts';

/** The image of a docker-archive (`docker save`, old and new form, and what kaniko and skopeo write) that is asked for. */
export async function openDocker(
  files: FileSet,
  reference: DockerArchiveReference,
  options: OpenOptions,
): Promise<Image> {
  const entry = selectImage(await readDockerManifest(files, options.signal), reference.name, files.object);
  const integrity = new Integrity(options.integrity);
  const { document, digest } = await openConfig(files, entry, integrity, options.signal);
  const platform = document?.platform ?? null;
  choosePlatform([{ value: entry, platform }], options, files.object);
  const config = document?.config ?? null;
  return {
    reference: reference.text,
    source: reference.source,
    digest: null,
    configDigest: digest,
    platform: platform === null ? null : normalizePlatform(platform),
    index: null,
    config,
    layers: await openLayers(files, entry, config, integrity),
    problems: integrity.problems,
  };
}

async function readDockerManifest(files: FileSet, signal?: AbortSignal): Promise<readonly DockerImage[]> {
  const object = `manifest.json of ${files.object}`;
  const file = await files.find('manifest.json');
  if (file === null) {
    const old =
      (await files.find('repositories')) === null ? '' : ', but a file repositories: Docker before 1.10 wrote it';
    throw new OciError('NOT_AN_IMAGE', 'not a docker-archive', {
      object: files.object,
      expected: 'a file manifest.json',
      found: `no manifest.json${old}`,
    });
  }
  return parseDockerManifest(await readStored(file, LIMITS.manifestBytes, object, signal), object);
}

function selectImage(images: readonly DockerImage[], name: string | null, object: string): DockerImage {
  const fitting = name === null ? images : images.filter((image) => hasName(image, name));
  const distinct = new Map(fitting.map((image) => [JSON.stringify([image.config, image.layers]), image]));
  const [first] = distinct.values();
  const tags = images.flatMap((image) => (image.repoTags.length === 0 ? [image.config] : image.repoTags));
  if (first === undefined && name !== null) {
    throw new OciError('IMAGE_NOT_FOUND', 'no image of this name', {
      object,
      expected: quote(name),
      found: listNames(tags),
    });
  }
  if (first === undefined) {
    throw new OciError('NOT_AN_IMAGE', 'no image in the archive', {
      object,
      expected: 'at least one entry in manifest.json',
      found: 'none',
    });
  }
  if (distinct.size > 1) {
    throw new OciError('IMAGE_AMBIGUOUS', 'several images', {
      object,
      expected: 'one image, or a name that says which',
      found: listNames(tags),
      hint: 'Add the name of one to the path: docker-archive:FILE:NAME, or its image id: docker-archive:FILE:sha256:….',
    });
  }
  return first;
}

/** By tag in any spelling (`alpine`, `docker.io/library/alpine:latest`), or by image id. */
function hasName(image: DockerImage, name: string): boolean {
  if (isDigest(name)) {
    return promisedDigest(image.config) === name;
  }
  return image.repoTags.some((tag) => {
    const parsed = parseRegistryName(tag);
    return typeof parsed !== 'string' && formatRegistryName(parsed) === name;
  });
}

async function openConfig(
  files: FileSet,
  entry: DockerImage,
  integrity: Integrity,
  signal?: AbortSignal,
): Promise<{ readonly document: ConfigDocument | null; readonly digest: Digest | null }> {
  const promised = promisedDigest(entry.config);
  const object = `config ${quote(entry.config)}`;
  const file = await findNamed(files, entry.config);
  if (file === null) {
    integrity.report(missingBlob(object, files));
    return { document: null, digest: promised };
  }
  const bytes = await readStored(file, LIMITS.configBytes, object, signal);
  const digest = digestOf(bytes);
  if (promised !== null && promised !== digest) {
    integrity.report(
      new OciError('BLOB_DIGEST_MISMATCH', 'content is not what its name says', {
        object,
        expected: promised,
        found: digest,
      }),
    );
  }
  return { document: parseConfig(bytes, object), digest };
}

async function openLayers(
  files: FileSet,
  entry: DockerImage,
  config: ConfigDocument['config'] | null,
  integrity: Integrity,
): Promise<readonly Layer[]> {
  const count = entry.layers.length;
  const diffIds = diffIdsOf(config, count, integrity, `manifest.json of ${files.object}`);
  const createdBy = createdByOf(config?.history ?? [], count);
  const layers: Layer[] = [];
  for (const [index, path] of entry.layers.entries()) {
    const file = await findNamed(files, path);
    const diffId = diffIds[index] ?? null;
    if (file === null) {
      integrity.report(missingBlob(`layer ${index} (${quote(path)})`, files), diffId);
    }
    layers.push({
      index,
      diffId,
      digest: null,
      size: file?.size ?? null,
      mediaType: null,
      createdBy: createdBy[index] ?? null,
      content: file === null ? { kind: 'missing' } : { kind: 'tar', open: (signal) => file.open(signal) },
    });
  }
  return layers;
}

/** A member by a name from manifest.json; Docker on Windows writes backslashes there. */
async function findNamed(files: FileSet, name: string): Promise<StoredFile | null> {
  return (await files.find(name)) ?? (name.includes('\\') ? await files.find(name.replaceAll('\\', '/')) : null);
}

/** The digest in the config's name: `<hex>.json`, kaniko's `sha256:<hex>`, `blobs/sha256/<hex>`; null for other names. */
function promisedDigest(path: string): Digest | null {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
  const bare = name.startsWith('sha256:') ? name.slice('sha256:'.length) : name;
  const digest = `sha256:${bare.endsWith('.json') ? bare.slice(0, -'.json'.length) : bare}`;
  return isDigest(digest) ? digest : null;
}
