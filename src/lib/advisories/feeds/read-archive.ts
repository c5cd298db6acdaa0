import { isAppError } from '#base/error.ts';
import { limitExceeded } from '#base/limits.ts';
import { type TarEntry, TarParser } from '#lib/layers/index.ts';
import { AdvisoryError } from '../error.ts';
import type { FeedLimits } from '../providers/provider.ts';
import { FEED_LIMITS, readDecompressed } from './read-members.ts';

/** A document of an archive, or why it could not be had. The name is as written there: never use it as a path. */
export type ArchivedDocument =
  | { readonly kind: 'member'; readonly name: string; readonly bytes: Uint8Array }
  | { readonly kind: 'rejected'; readonly name: string; readonly reason: string };

export interface ReadArchiveOptions {
  /** What the archive is, for errors. */
  readonly object: string;
  /** Which of its files are wanted, by their names as written. */
  readonly isWanted: (name: string) => boolean;
  readonly signal: AbortSignal;
  readonly limits?: FeedLimits;
}

/**
 * The wanted files of a tar archive, compressed as its first bytes say, one at a time. Throws `ADVISORY_FEED_INVALID` for one
 * that is cut off or no tar, and `LIMIT_EXCEEDED`.
 */
export async function* readTarDocuments(path: string, options: ReadArchiveOptions): AsyncGenerator<ArchivedDocument> {
  const { object, signal, limits = FEED_LIMITS } = options;
  const collector = new Collector(options.isWanted, limits.recordBytes);
  const parser = new TarParser(object, collector);
  let records = 0;
  for await (const chunk of readDecompressed(path, object, limits.totalBytes, signal)) {
    asFeed(object, () => parser.write(chunk));
    for (const document of collector.taken()) {
      records += 1;
      if (records > limits.records) {
        throw limitExceeded(object, limits.records, 'records');
      }
      yield document;
    }
  }
  const hasEnd = asFeed(object, () => parser.end());
  if (!hasEnd) {
    throw broken(object, 'the end of a tar archive', 'none');
  }
}

/** Takes the wanted files out of what the parser finds; a chunk rarely ends more than a few. */
class Collector {
  readonly #isWanted: (name: string) => boolean;
  readonly #maxBytes: number;
  #documents: ArchivedDocument[] = [];
  #name = '';
  #pieces: Buffer[] = [];

  constructor(isWanted: (name: string) => boolean, maxBytes: number) {
    this.#isWanted = isWanted;
    this.#maxBytes = maxBytes;
  }

  entry({ name, type, size, withheld }: TarEntry): boolean {
    if (type !== 'file' || !this.#isWanted(name)) {
      return false;
    }
    if (withheld !== null || size > this.#maxBytes) {
      this.problem(name, withheld ?? `expected at most ${this.#maxBytes} bytes, found ${size}`);
      return false;
    }
    this.#name = name;
    this.#pieces = [];
    return true;
  }

  content(piece: Buffer): void {
    this.#pieces.push(Buffer.from(piece));
  }

  contentEnd(): void {
    this.#documents.push({ kind: 'member', name: this.#name, bytes: Buffer.concat(this.#pieces) });
    this.#pieces = [];
  }

  problem(name: string, reason: string): void {
    this.#documents.push({ kind: 'rejected', name, reason });
  }

  /** What is whole since the last time. */
  taken(): readonly ArchivedDocument[] {
    const documents = this.#documents;
    this.#documents = [];
    return documents;
  }
}

function asFeed<T>(object: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (isAppError(error) && error.code === 'TAR_MALFORMED') {
      throw broken(object, error.expected ?? 'a tar archive', error.found ?? error.problem, error);
    }
    throw error;
  }
}

function broken(object: string, expected: string, found: string, cause?: unknown): AdvisoryError {
  return new AdvisoryError('ADVISORY_FEED_INVALID', 'broken archive of a feed', { object, expected, found, cause });
}
