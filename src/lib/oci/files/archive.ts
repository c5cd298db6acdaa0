import { quote } from '#base/error.ts';
import { LIMITS, limitExceeded } from '#base/limits.ts';
import { OciError } from '../error.ts';
import type { ListableFiles, StoredFile } from './file-set.ts';
import { closeOnError, type OpenFile, openRegularFile, readRange, resolveSource } from './open-file.ts';
import { FileReader } from './readers.ts';
import { isCompressed, type SpoolOptions, spool } from './spool.ts';
import { readMembers, type TarMember } from './tar-members.ts';

/** The members of a tar by normalised name. */
export type TarIndex = ReadonlyMap<string, IndexedMember>;

export interface IndexedMember {
  readonly member: TarMember;
  /** How often the archive has this name. */
  readonly count: number;
}

/**
 * A tar file with random access: its headers are read once, its content on demand. A compressed one is unpacked into a
 * nameless temporary file first. Throws `ARCHIVE_INVALID` for what is no tar and for one that is truncated.
 */
export async function openArchive(path: string, options: SpoolOptions): Promise<ListableFiles> {
  const file = await openRegularFile(await resolveSource(path), path);
  const packed = await closeOnError(file, () => isCompressed(file, path));
  const plain = packed ? await spool(file, path, options) : file;
  return await openTar(plain, path, options.signal);
}

/** The same for a plain tar that is open already; it is closed with the set, or at once when it is no tar. */
export async function openTar(file: OpenFile, object: string, signal?: AbortSignal): Promise<ListableFiles> {
  const index = await closeOnError(file, () => indexTar(file, object, signal));
  return {
    object,
    // Looking up is synchronous, and its errors are still to be rejections.
    find: async (name) => await Promise.resolve().then(() => findInTar(file, index, name, object)),
    list: (folder) => Promise.resolve(namesIn(index, `${folder}/`)),
    close: () => file.handle.close(),
  };
}

async function indexTar(file: OpenFile, path: string, signal?: AbortSignal): Promise<TarIndex> {
  const index = new Map<string, IndexedMember>();
  let names = 0;
  for await (const member of readMembers(new FileReader(file.handle), path, LIMITS.archiveEntries, signal)) {
    names += member.name.length + member.link.length;
    if (names > LIMITS.layerPathBytes) {
      throw limitExceeded(`${path}, the names of its members`, LIMITS.layerPathBytes, 'characters');
    }
    if (member.offset + member.size > file.size) {
      throw new OciError('ARCHIVE_INVALID', 'the archive is truncated', {
        object: path,
        expected: `${member.size} bytes of ${quote(member.name)} from byte ${member.offset} on`,
        found: `${Math.max(0, file.size - member.offset)} bytes`,
      });
    }
    const name = normalizeName(member.name);
    if (name !== null) {
      index.set(name, { member, count: (index.get(name)?.count ?? 0) + 1 });
    }
  }
  return index;
}

function namesIn(index: TarIndex, folder: string): readonly string[] {
  const inside = [...index.keys()].filter((name) => name.startsWith(folder));
  return inside.map((name) => name.slice(folder.length)).filter((name) => !name.includes('/'));
}

function findInTar(file: OpenFile, index: TarIndex, name: string, path: string): StoredFile | null {
  const member = resolveMember(index, name, path);
  if (member === null) {
    return null;
  }
  const { offset, size } = member;
  return { size, open: (signal) => readRange(file.handle, offset, size, `${quote(member.name)} of ${path}`, signal) };
}

/** Follows links inside the archive: `docker save` keeps a layer once and links to it. Folders themselves are no links. */
function resolveMember(index: TarIndex, asked: string, path: string): TarMember | null {
  let name = insideArchive(asked, '', path);
  for (let hops = 0; hops <= LIMITS.symlinkHops; hops += 1) {
    const found = index.get(name);
    if (found === undefined) {
      return null;
    }
    const { member, count } = found;
    if (count > 1) {
      // Readers disagree on which of the two counts, so that an archive could show each of them another image.
      throw refused(path, `the member ${quote(name)} once`, `${count} of them`);
    }
    switch (member.kind) {
      case 'file':
        return member;
      case 'symlink':
        name = insideArchive(member.link, name.slice(0, name.lastIndexOf('/') + 1), path);
        break;
      case 'hardlink':
        name = insideArchive(member.link, '', path);
        break;
      default:
        throw refused(path, `a file ${quote(name)}`, 'something else');
    }
  }
  throw refused(path, `at most ${LIMITS.symlinkHops} links in a row`, `a loop at ${quote(asked)}`);
}

function insideArchive(name: string, folder: string, path: string): string {
  const normal = name.startsWith('/') ? null : normalizeName(folder + name);
  if (normal === null) {
    throw refused(path, 'names and links inside the archive', `${quote(name)}, which leads out of it`);
  }
  return normal;
}

/** Relative, without empty parts, `.` and `..`; null for what leads out of the archive. */
function normalizeName(name: string): string | null {
  const parts: string[] = [];
  for (const part of name.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) {
        return null;
      }
    } else if (part !== '' && part !== '.') {
      parts.push(part);
    }
  }
  return parts.join('/');
}

function refused(path: string, expected: string, found: string): OciError {
  return new OciError('ARCHIVE_INVALID', 'not a sound image archive', { object: path, expected, found });
}
