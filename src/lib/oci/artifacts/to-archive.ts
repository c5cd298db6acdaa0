import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdtemp, open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { Digest } from '#base/digest.ts';
import { messageOf } from '#base/error.ts';
import { OciError } from '../error.ts';
import { openRegularFile, readRange } from '../files/open-file.ts';
import type { OpenOptions } from '../images/options.ts';
import type { LayoutArchiveReference } from '../reference.ts';
import type { Document } from '../registry/repository.ts';
import type { FileArtifact, StoredArtifact } from './artifact.ts';
import type { BeforeNaming } from './push.ts';
import { padding, tarEnd, tarHeader } from './tar.ts';
import { pushToLayout } from './to-layout.ts';

/** See `pushArtifact`. A layout is made in the temporary folder, so that it can be signed as any other, and packed. */
export async function pushToArchive(
  artifact: FileArtifact,
  manifest: Document & { readonly digest: Digest },
  { path, tag }: LayoutArchiveReference,
  options: OpenOptions,
  before: BeforeNaming,
): Promise<StoredArtifact> {
  const target = resolve(path);
  const folder = await mkdtemp(join(options.temporaryFolder, 'artifact-'));
  const partial = join(dirname(target), `.${randomUUID()}.partial`);
  try {
    const stored = await pushToLayout(artifact, manifest, { path: join(folder, 'layout'), tag }, options, before);
    await pack(join(folder, 'layout'), partial, options.signal);
    await rename(partial, target);
    return stored;
  } catch (error) {
    throw unwritable(path, error);
  } finally {
    await rm(partial, { force: true });
    await rm(folder, { recursive: true, force: true });
  }
}

/** All files of a folder as a tar: sorted, without owners and times, so that the same files are the same archive. */
async function pack(folder: string, archive: string, signal: AbortSignal | undefined): Promise<void> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const output = await open(archive, 'wx', 0o644);
  try {
    // What tells a reader that this is a layout comes first, as other tools write it.
    for (const path of files.toSorted((left, right) => weight(left, folder).localeCompare(weight(right, folder)))) {
      await packFile(path, relative(folder, path), output, signal);
    }
    await output.writeFile(tarEnd());
    await output.sync();
  } finally {
    await output.close();
  }
}

function weight(path: string, folder: string): string {
  const name = relative(folder, path);
  return `${name.includes('/') ? 2 : name === 'oci-layout' ? 0 : 1} ${name}`;
}

async function packFile(path: string, name: string, output: FileHandle, signal?: AbortSignal): Promise<void> {
  const { handle, size } = await openRegularFile(path, name);
  try {
    await output.writeFile(tarHeader(name, size));
    for await (const chunk of readRange(handle, 0, size, name, signal)) {
      await output.writeFile(chunk);
    }
    await output.writeFile(padding(size));
  } finally {
    await handle.close();
  }
}

function unwritable(object: string, error: unknown): unknown {
  return error instanceof Error && 'code' in error && 'syscall' in error
    ? new OciError('ATTACH_REFUSED', 'cannot be written', {
        object,
        expected: 'a file that can be written',
        found: messageOf(error),
        cause: error,
      })
    : error;
}
