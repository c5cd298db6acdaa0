import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
  type Stats,
} from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isAppError, messageOf, quote } from '#base/error.ts';
import type { EntryType } from '#model/layer.ts';
import { LayersError } from '../error.ts';
import { joinPath, normalisePath } from '../paths.ts';
import { decodeName } from '../tar/name.ts';
import type { Recorder } from './recorder.ts';

export interface FolderWalkOptions {
  /** The folder, absolute and without links on the way. */
  readonly root: string;
  readonly recorder: Recorder;
  /** Whether a folder can hold anything of interest; without it every folder is entered. */
  readonly enters?: (folder: string) => boolean;
  readonly progress: (bytes: number) => void;
  readonly signal?: AbortSignal;
}

const FIRST_CHUNK = 64 * 1024;
const CHUNK = 1024 * 1024;
const SLASH = Buffer.from('/');
/** Entries between two turns of the event loop: calls are synchronous, since a promise per file costs more than the file. */
const TURN = 256;

interface Pending {
  /** Where it is on this machine. Names are bytes: one that is not UTF-8 could not be opened by its text. */
  readonly place: Buffer;
  readonly path: string;
}

/**
 * Walks a folder as if it were a layer: in the order of names, never through a link, opening only regular files. Whiteout
 * names mean nothing on a disk, so they are files like any other. What cannot be read becomes an entry of `results`.
 */
export async function walkFolder(options: FolderWalkOptions): Promise<void> {
  const walk = new FolderWalk(options);
  let count = 0;
  for (let more = walk.step(); more; more = walk.step()) {
    count += 1;
    if (count % TURN === 0) {
      await nextTurn();
      options.signal?.throwIfAborted();
    }
  }
}

class FolderWalk {
  readonly #options: FolderWalkOptions;
  readonly #recorder: Recorder;
  /** Entries still to be visited, the next one last. */
  readonly #pending: Pending[];
  readonly #buffer = Buffer.allocUnsafe(CHUNK);
  #bytes = 0;

  constructor(options: FolderWalkOptions) {
    this.#options = options;
    this.#recorder = options.recorder;
    this.#pending = [{ place: Buffer.from(options.root), path: '' }];
  }

  /** Visits one entry; false when there is none left. */
  step(): boolean {
    const next = this.#pending.pop();
    if (next === undefined) {
      return false;
    }
    try {
      this.#visit(next, lstatSync(next.place));
    } catch (error) {
      // Past a limit there is nothing to go on for, and without its root nothing to report on.
      if (isAppError(error)) {
        throw error;
      }
      if (next.path === '') {
        const detail = { object: this.#options.root, expected: 'a folder', found: messageOf(error), cause: error };
        throw new LayersError('LAYER_MISSING', 'the folder cannot be read', detail);
      }
      this.#recorder.results.problem(next.path, 'layers', unreadable(error));
    }
    return true;
  }

  #visit({ place, path }: Pending, stats: Stats): void {
    const type = typeOf(stats);
    const entry = { path, type, mode: stats.mode & 0o7777, uid: stats.uid, gid: stats.gid };
    switch (type) {
      case 'file':
        if (this.#recorder.entry({ ...entry, size: stats.size }, null)) {
          this.#read(place, stats);
        }
        return;
      case 'symlink':
        this.#recorder.entry({ ...entry, size: 0, link: decodeName(readlinkSync(place, 'buffer')) }, null);
        return;
      case 'folder':
        this.#recorder.entry({ ...entry, size: 0 }, null);
        this.#enter({ place, path });
        return;
      default:
        this.#recorder.entry({ ...entry, size: 0 }, null);
    }
  }

  #enter({ place, path }: Pending): void {
    if (this.#options.enters?.(path) === false) {
      return;
    }
    const names = readdirSync(place, 'buffer').toSorted((a, b) => Buffer.compare(b, a));
    for (const name of names) {
      const inside = joinPath(path, decodeName(name));
      const normal = normalisePath(inside);
      if ('problem' in normal) {
        this.#recorder.results.problem(null, 'layers', normal.problem);
      } else {
        this.#pending.push({ place: Buffer.concat([place, SLASH, name]), path: inside });
      }
    }
  }

  /** Between `lstat` and `open` the file may have become something else: no link is followed and no device waited for. */
  #read(place: Buffer, expected: Stats): void {
    let file: number;
    try {
      file = openSync(place, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    } catch (error) {
      this.#recorder.contentFailed(unreadable(error));
      return;
    }
    try {
      const stats = fstatSync(file);
      if (!stats.isFile() || stats.ino !== expected.ino || stats.dev !== expected.dev) {
        this.#recorder.contentFailed('file that changed while it was read');
        return;
      }
      this.#readAll(file, expected.size);
    } catch (error) {
      this.#recorder.contentFailed(unreadable(error));
    } finally {
      closeSync(file);
    }
  }

  #readAll(file: number, size: number): void {
    let wanted = true;
    for (let at = 0; at < size && wanted; ) {
      // The first bytes tell whether anybody wants the rest.
      const read = readSync(file, this.#buffer, 0, Math.min(at === 0 ? FIRST_CHUNK : CHUNK, size - at), at);
      if (read === 0) {
        this.#recorder.contentFailed(`file that changed while it was read: expected ${size} bytes, found ${at}`);
        return;
      }
      wanted = this.#recorder.content(this.#buffer.subarray(0, read));
      at += read;
      this.#bytes += read;
      this.#options.progress(this.#bytes);
    }
    this.#recorder.contentEnd();
  }
}

function typeOf(stats: Stats): EntryType {
  if (stats.isFile()) {
    return 'file';
  }
  if (stats.isDirectory()) {
    return 'folder';
  }
  if (stats.isSymbolicLink()) {
    return 'symlink';
  }
  if (stats.isCharacterDevice()) {
    return 'char';
  }
  // A socket is no entry of any archive; it is nearest to a pipe, and never opened.
  return stats.isBlockDevice() ? 'block' : 'fifo';
}

/** `EACCES: permission denied` without the place on this machine. */
function unreadable(error: unknown): string {
  const text = messageOf(error);
  const comma = text.indexOf(',');
  return `cannot be read: ${comma === -1 ? quote(text) : text.slice(0, comma)}`;
}
