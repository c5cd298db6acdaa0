import type { Digest } from '#base/digest.ts';
import { isAppError } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS } from '#base/limits.ts';
import type { Image } from '#model/image.ts';
import type { Platform } from '#model/platform.ts';
import type { Descriptor } from '../documents/descriptor.ts';
import { parseManifest } from '../documents/manifest.ts';
import { invalid, Shape } from '../documents/shape.ts';
import { OciError } from '../error.ts';
import type { FileSet } from '../files/file-set.ts';
import { normalizePlatform, platformKey } from '../platform.ts';
import type { LayoutArchiveReference, LayoutReference } from '../reference.ts';
import { readStored } from './blobs.ts';
import { type Choice, choosePlatform } from './choose.ts';
import { Integrity } from './integrity.ts';
import { openManifest } from './manifest-image.ts';
import type { OpenOptions } from './options.ts';
import { assertOneImage, narrowToDigest, rootsOf } from './select.ts';
import { type Candidate, collectTree } from './tree.ts';

/** The images of an OCI image layout (image-layout.md) that reference and options ask for. */
export async function openLayout(
  files: FileSet,
  reference: LayoutReference | LayoutArchiveReference,
  options: OpenOptions,
): Promise<readonly Image[]> {
  await assertLayoutVersion(files, options.signal);
  const entries = await readLayoutIndex(files, options.signal);
  const integrity = new Integrity(options.integrity);
  const roots = rootsOf(entries, reference, files.object);
  const tree = narrowToDigest(await collectTree(files, roots, integrity, options.signal), reference, files);
  const choices = await withPlatforms(files, tree.candidates, options);
  const chosen = choosePlatform(
    choices,
    options,
    files.object,
    tree.absent.map((descriptor) => descriptor.platform),
  );
  assertOneImage(choices, chosen, options, files.object);
  const images: Image[] = [];
  const opened = new Set<Digest>();
  for (const { value: candidate } of options.platform === 'all' ? chosen : chosen.slice(0, 1)) {
    // One manifest may stand for several platforms; it is one image all the same.
    if (opened.has(candidate.descriptor.digest)) {
      continue;
    }
    opened.add(candidate.descriptor.digest);
    const image = await openManifest(files, candidate.descriptor, integrity.fork(), options.signal, options.log);
    const index = indexOf(candidate, choices, reference.digest);
    images.push({ reference: reference.text, source: reference.source, index, ...image });
  }
  return images;
}

async function assertLayoutVersion(files: FileSet, signal?: AbortSignal): Promise<void> {
  const object = `oci-layout of ${files.object}`;
  const file = await files.find('oci-layout');
  if (file === null) {
    throw noLayout(files, 'oci-layout');
  }
  const bytes = await readStored(file, LIMITS.manifestBytes, object, signal);
  const version = new Shape(parseStrictJson(bytes, object), object).string('imageLayoutVersion');
  if (!version.startsWith('1.')) {
    throw invalid(`${object}, imageLayoutVersion`, 'version 1', version);
  }
}

async function readLayoutIndex(files: FileSet, signal?: AbortSignal): Promise<readonly Descriptor[]> {
  const object = `index.json of ${files.object}`;
  const file = await files.find('index.json');
  if (file === null) {
    throw noLayout(files, 'index.json');
  }
  const document = parseManifest(await readStored(file, LIMITS.manifestBytes, object, signal), null, object);
  if (document.kind === 'manifest') {
    throw invalid(object, 'an index', 'a manifest');
  }
  return document.manifests;
}

/** The candidates with their platforms, each pair once; the config is asked where the index says nothing, and artifacts leave. */
async function withPlatforms(
  files: FileSet,
  candidates: readonly Candidate[],
  options: OpenOptions,
): Promise<readonly Choice<Candidate>[]> {
  const choices = new Map<string, Choice<Candidate>>();
  let refusal: unknown = null;
  for (const value of candidates) {
    const key = `${value.descriptor.digest} ${platformKey(value.platform)}`;
    if (choices.has(key)) {
      continue;
    }
    try {
      const platform = value.platform ?? (await platformOf(files, value, options));
      choices.set(key, { value, platform });
    } catch (error) {
      if (!isAppError(error) || error.code !== 'NOT_AN_IMAGE') {
        throw error;
      }
      refusal = error;
    }
  }
  if (choices.size === 0) {
    throw refusal;
  }
  return [...choices.values()];
}

async function platformOf(files: FileSet, candidate: Candidate, options: OpenOptions): Promise<Platform | null> {
  // A throw-away integrity: what is wrong with this image is said when it is opened, if it is chosen.
  const image = await openManifest(files, candidate.descriptor, new Integrity(options.integrity), options.signal);
  return image.platform;
}

/** The outermost index that the choice was made in: the selected one, or index.json itself when that lists several. */
function indexOf(candidate: Candidate, choices: readonly Choice<Candidate>[], selected: Digest | null): Image['index'] {
  const chain = selected === null ? candidate.chain : candidate.chain.slice(candidate.chain.indexOf(selected));
  const outermost = chain.length > 1 ? (chain[0] ?? null) : null;
  const offered = choices.filter(({ value }) => outermost === null || value.chain.includes(outermost));
  if (outermost === null && (offered.length < 2 || selected !== null)) {
    return null;
  }
  const platforms = new Map<string, Platform>();
  for (const { platform } of offered) {
    if (platform !== null) {
      platforms.set(platformKey(platform), normalizePlatform(platform));
    }
  }
  return { digest: outermost, platforms: [...platforms.values()] };
}

function noLayout(files: FileSet, missing: string): OciError {
  return new OciError('NOT_AN_IMAGE', 'not an OCI image layout', {
    object: files.object,
    expected: 'the files oci-layout and index.json',
    found: `no ${missing}`,
  });
}
