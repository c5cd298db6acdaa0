import type { Digest } from '#base/digest.ts';
import type { Found } from './analyser.ts';

export type EntryType = 'file' | 'folder' | 'symlink' | 'hardlink' | 'char' | 'block' | 'fifo';

/** One entry of a layer as the walk hands it on: path normalised, whiteouts already told apart. */
export interface LayerEntry {
  /** Relative to the root, no leading slash, no `.` or `..`; the root itself is the empty string. */
  readonly path: string;
  readonly type: EntryType;
  /** Permission bits with set-user-id, set-group-id and sticky. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  /** The target: as written for a symlink, normalised like `path` for a hardlink. */
  readonly link?: string;
  /** SHA-256 of executables and scripts, hex; filled in after the content has passed. */
  readonly sha256?: string;
}

/** What one layer holds: computed once per (diffID, analyser, version, configuration). */
export interface LayerFacts {
  /** Null for a folder or a rootfs tarball whose digest nothing promised; then `actualDiffId` says what was read. */
  readonly diffId: Digest | null;
  /** What the tar hashed to; differs from `diffId` only in a reported mismatch. Null for a folder and for a layer that could not be read to its end. */
  readonly actualDiffId: Digest | null;
  /** True when nothing of the layer's content was read this time. */
  readonly cached: boolean;
  /** True when everything was read and is what was promised: another reading would give the same. */
  readonly sound: boolean;
  /** Every entry in the order of the tar, later duplicates of a path included. */
  readonly entries: LayerEntries;
  /** Paths that this layer deletes from the layers below. */
  readonly whiteouts: readonly string[];
  /** Folders whose content in the layers below this layer hides. */
  readonly opaques: readonly string[];
  readonly facts: readonly FileFact[];
  /** What the walk itself could not read: `{path, reason}`. */
  readonly unreadable: readonly UnreadableEntry[];
}

/** Millions of entries: each is an object only while somebody looks at it. */
export interface LayerEntries extends Iterable<LayerEntry> {
  readonly length: number;
  /** How many of them have a SHA-256. */
  readonly hashed: number;
  /** What they take in memory. */
  readonly byteLength: number;
  modeAt(row: number): number;
  sizeAt(row: number): number;
  cursor(): EntryCursor;
}

/** One entry after the other; what is not asked for is not made. */
export interface EntryCursor {
  /** Moves to the next entry, the first one at first; false behind the last. */
  next(): boolean;
  readonly type: EntryType;
  /** True when its content has a SHA-256: it can be run. */
  readonly hashed: boolean;
  /** True when the folder is that of the entry before. */
  readonly sameFolder: boolean;
  path(): string;
  /** The last part of the path. */
  name(): string;
  /** The whole entry. */
  entry(): LayerEntry;
}

/** What one analyser found in one file of one layer. */
export interface FileFact {
  readonly analyser: string;
  readonly path: string;
  readonly found: Found;
  /** What the file hashes to (`base/content-hash.ts`), where the analyser asks for it and the file is not too large. */
  readonly digests?: string;
}

export interface UnreadableEntry {
  readonly path: string | null;
  /** The analyser that wanted the file, or `layers`. */
  readonly analyser: string;
  readonly reason: string;
  /** As in `FileFact`. */
  readonly digests?: string;
}
