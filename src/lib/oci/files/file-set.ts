/** The files of an image source, be it a folder or an archive: by name. */
export interface FileSet {
  /** The folder or archive, for messages. */
  readonly object: string;
  /**
   * The regular file of that name (relative, `/` between folders, links inside the source followed), or null when there
   * is none. Throws `SOURCE_UNREADABLE` or `ARCHIVE_INVALID` when there is something else under that name.
   */
  find(path: string): Promise<StoredFile | null>;
  close(): Promise<void>;
}

/** Files whose names can be asked for, too. */
export interface ListableFiles extends FileSet {
  /** The names of what is directly in a folder, in no order; none when there is no such folder. */
  list(folder: string): Promise<readonly string[]>;
}

export interface StoredFile {
  /** Bytes. */
  readonly size: number;
  /** The content in large chunks, each valid until the next is asked for; may be called more than once. */
  open(signal?: AbortSignal): AsyncIterable<Uint8Array>;
}
