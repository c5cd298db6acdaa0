import { type FileHandle, lstat, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { OciError } from './error.ts';
import { type OpenFile, openRegularFile, resolvePath } from './files/open-file.ts';
import { FileReader, StreamReader } from './files/readers.ts';
import { isCompressed, unpack } from './files/spool.ts';
import { type BlockReader, readMembers } from './files/tar-members.ts';
import { assertReferenceText, hasScheme, type ImageReference, parseReference } from './reference.ts';

/** What the top folder of a root file system holds (Filesystem Hierarchy Standard 3.0, chapter 3). */
const ROOT_FOLDERS: ReadonlySet<string> = new Set(
  'bin boot dev etc home lib lib32 lib64 media mnt opt proc root run sbin srv sys tmp usr var'.split(' '),
);

/**
 * Like `parseReference`, but a bare path of something that is there is recognised by its content: a folder with an
 * `oci-layout` file is an OCI layout, any other a root file system; a tar is an OCI archive, a docker-archive or a root
 * file system; a file of JSON or tag-value text is a software bill of materials. Throws `SOURCE_NOT_FOUND` for what can only be a path, and `NOT_AN_IMAGE` for a tar that is none of these.
 */
export async function detectReference(text: string, signal?: AbortSignal): Promise<ImageReference> {
  assertReferenceText(text);
  if (hasScheme(text)) {
    return parseReference(text);
  }
  const path = await resolvePath(text, text);
  if (path === null) {
    const link = await lstat(text).catch(() => null);
    if (link !== null || text.startsWith('/') || text.startsWith('.') || text.startsWith('~')) {
      throw new OciError('SOURCE_NOT_FOUND', 'no such file or folder', {
        object: text,
        expected: 'a file or folder',
        found: link === null ? 'nothing' : 'a link that leads nowhere',
      });
    }
    return parseReference(text);
  }
  if ((await stat(path)).isDirectory()) {
    const marker = await resolvePath(join(path, 'oci-layout'), path);
    return marker === null ? rootfs(text) : layout('oci', text);
  }
  const file = await openRegularFile(path, text);
  if (await isDocument(file.handle)) {
    await file.handle.close();
    return { source: 'sbom', text: `sbom:${text}`, path: text };
  }
  return await detectTar(file, text, signal);
}

/** A tar begins with the name of a file; no image has one that looks like the beginning of JSON, XML or tag-value SPDX. */
async function isDocument(handle: FileHandle): Promise<boolean> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
  const head = buffer
    .toString('utf8', 0, bytesRead)
    .replace(/^\ufeff/, '')
    .trimStart();
  return ['{', '<', 'SPDXVersion:', '#'].some((start) => head.startsWith(start)) && !head.includes('\0');
}

const HEAD_BYTES = 256;

async function detectTar(file: OpenFile, text: string, signal?: AbortSignal): Promise<ImageReference> {
  try {
    if (!(await isCompressed(file, text))) {
      return await detectMembers(new FileReader(file.handle), text, signal);
    }
    const reader = new StreamReader(unpack(file, text, signal));
    try {
      return await detectMembers(reader, text, signal);
    } finally {
      await reader.close();
    }
  } finally {
    await file.handle.close();
  }
}

async function detectMembers(reader: BlockReader, text: string, signal?: AbortSignal): Promise<ImageReference> {
  const top = new Set<string>();
  for await (const member of readMembers(reader, text, LIMITS.layerEntries, signal)) {
    const parts = member.name.split('/').filter((part) => part !== '' && part !== '.');
    const [first] = parts;
    // Only the names that decide are kept, so that nobody can fill the memory with others.
    if (first !== undefined && (ROOT_FOLDERS.has(first) || (parts.length === 1 && isImageFile(first)))) {
      top.add(first);
    }
    if (top.has('oci-layout') && top.has('index.json')) {
      return layout('oci-archive', text);
    }
  }
  if (top.has('manifest.json')) {
    return { source: 'docker-archive', text: `docker-archive:${text}`, path: text, name: null };
  }
  if ([...top].some((name) => ROOT_FOLDERS.has(name))) {
    return rootfs(text);
  }
  throw new OciError('NOT_AN_IMAGE', 'neither an image archive nor a root file system', {
    object: text,
    expected: 'a tar with oci-layout and index.json, with manifest.json, or with folders such as etc and usr',
    found: 'a tar without any of them',
    hint: `If it is the content of an image all the same, say rootfs:${quote(text).slice(1, -1)}.`,
  });
}

function isImageFile(name: string): boolean {
  return name === 'oci-layout' || name === 'index.json' || name === 'manifest.json';
}

function layout(source: 'oci' | 'oci-archive', path: string): ImageReference {
  return { source, text: `${source}:${path}`, path, tag: null, digest: null };
}

function rootfs(path: string): ImageReference {
  return { source: 'rootfs', text: `rootfs:${path}`, path };
}
