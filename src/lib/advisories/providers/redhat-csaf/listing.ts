import { quote } from '#base/error.ts';
import { LIMITS, limitExceeded, readFileBounded } from '#base/limits.ts';
import { AdvisoryError } from '../../error.ts';
import { isDocumentPath } from './document.ts';

/** A line of `changes.csv` or `deletions.csv`. */
export interface ListedDocument {
  /** `2024/cve-2024-24786.json`. */
  readonly path: string;
  /** Milliseconds UTC. */
  readonly time: number;
}

const MAX_BYTES = 256 * 1024 * 1024;

/** Lines of a path and a time, both in quotes or not. Throws `ADVISORY_FEED_INVALID` with the number of a line that is none. */
export async function readListing(file: string, object: string): Promise<readonly ListedDocument[]> {
  const text = Buffer.from(await readFileBounded(file, MAX_BYTES)).toString('latin1');
  const listed: ListedDocument[] = [];
  let number = 0;
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('\n', at);
    const line = text.slice(at, end === -1 ? text.length : end).replace(/\r$/, '');
    at = end === -1 ? text.length : end + 1;
    number += 1;
    if (number > LIMITS.feedRecords) {
      throw limitExceeded(object, LIMITS.feedRecords, 'lines');
    }
    if (line !== '') {
      listed.push(parseLine(line, `${object} line ${number}`));
    }
  }
  return listed;
}

function parseLine(line: string, object: string): ListedDocument {
  const comma = line.indexOf(',');
  const path = unquoted(line.slice(0, comma));
  const time = Date.parse(unquoted(line.slice(comma + 1)));
  if (comma === -1 || !isDocumentPath(path) || !Number.isFinite(time)) {
    throw new AdvisoryError('ADVISORY_FEED_INVALID', 'broken list of documents', {
      object,
      expected: 'a path such as "2024/cve-2024-24786.json" and a time',
      found: quote(line, 120),
    });
  }
  return { path, time };
}

function unquoted(text: string): string {
  return text.length >= 2 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text;
}
