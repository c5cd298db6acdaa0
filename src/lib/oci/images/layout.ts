import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS } from '#base/limits.ts';
import type { Image } from '#model/image.ts';
import type { Descriptor } from '../documents/descriptor.ts';
import { parseManifest } from '../documents/manifest.ts';
import { invalid, Shape } from '../documents/shape.ts';
import { OciError } from '../error.ts';
import type { FileSet } from '../files/file-set.ts';
import type { LayoutArchiveReference, LayoutReference } from '../reference.ts';
import { readStored } from './blobs.ts';
import { contentOf } from './content-source.ts';
import type { OpenOptions } from './options.ts';
import { openRoots } from './roots.ts';
import { rootsOf } from './select.ts';

/** The images of an OCI image layout (image-layout.md) that reference and options ask for. */
export async function openLayout(
  files: FileSet,
  reference: LayoutReference | LayoutArchiveReference,
  options: OpenOptions,
): Promise<readonly Image[]> {
  const roots = rootsOf(await readLayout(files, options.signal), reference, files.object);
  return await openRoots(contentOf(files), roots, reference, options);
}

/** The entries of a layout's index.json. Throws `NOT_AN_IMAGE` for what is no layout. */
export async function readLayout(files: FileSet, signal?: AbortSignal): Promise<readonly Descriptor[]> {
  await assertLayoutVersion(files, signal);
  return await readLayoutIndex(files, signal);
}

/** Throws `NOT_AN_IMAGE` for what is no layout. */
export async function assertLayoutVersion(files: FileSet, signal?: AbortSignal): Promise<void> {
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

function noLayout(files: FileSet, missing: string): OciError {
  return new OciError('NOT_AN_IMAGE', 'not an OCI image layout', {
    object: files.object,
    expected: 'the files oci-layout and index.json',
    found: `no ${missing}`,
  });
}
