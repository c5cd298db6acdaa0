import { createReadStream } from 'node:fs';
import { isAppError, messageOf } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { decompress } from '#lib/layers/index.ts';
import { AdvisoryError } from '../error.ts';
import type { FeedLimits } from '../providers/provider.ts';
import type { FeedMember, ReadMembersOptions } from './member.ts';
import { MemberScanner } from './member-scanner.ts';

export const FEED_LIMITS: FeedLimits = {
  recordBytes: LIMITS.advisoryBytes,
  totalBytes: LIMITS.feedBytes,
  records: LIMITS.feedRecords,
};

const CHUNK = 1024 * 1024;

/**
 * The members of a JSON document of any size, one at a time: never more than one of them is in memory. The file is plain,
 * or compressed as its first bytes say. Throws `ADVISORY_FEED_INVALID` with the offset for a document that is cut off, that
 * is no JSON where this goes, that names a member twice there, or that has not the place; and `LIMIT_EXCEEDED`.
 */
export async function* readMembers(path: string, options: ReadMembersOptions): AsyncGenerator<FeedMember> {
  const { object, place, signal } = options;
  const limits = options.limits ?? FEED_LIMITS;
  const scanner = new MemberScanner(object, place, limits);
  for await (const chunk of readDecompressed(path, object, limits.totalBytes, signal)) {
    yield* scanner.push(chunk);
  }
  scanner.end();
}

/** The bytes of a file, unpacked. What is wrong with its compression is `ADVISORY_FEED_INVALID`. */
export async function* readDecompressed(
  path: string,
  object: string,
  limit: number,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const source = createReadStream(path, { highWaterMark: CHUNK, signal });
  try {
    yield* decompress(source, { object, limit, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (isAppError(error) && (error.code === 'LAYER_CORRUPT' || error.code === 'COMPRESSION_UNSUPPORTED')) {
      const expected = 'a plain document, or a whole one compressed by gzip, xz or zstd';
      throw new AdvisoryError('ADVISORY_FEED_INVALID', 'broken document of a feed', {
        object,
        expected,
        found: error.found ?? messageOf(error),
        cause: error,
      });
    }
    throw error;
  } finally {
    source.destroy();
  }
}
