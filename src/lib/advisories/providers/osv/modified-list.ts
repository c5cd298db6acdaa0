import { quote } from '#base/error.ts';
import { LIMITS, limitExceeded, readFileBounded } from '#base/limits.ts';
import { AdvisoryError } from '../../error.ts';

/** A line of `modified_id.csv`. */
export interface ModifiedRecord {
  readonly id: string;
  /** Milliseconds UTC. */
  readonly modified: number;
}

const MAX_ID = 200;

/**
 * The list of all records of an ecosystem with the time of their last change: `2024-05-30T10:00:00Z,GHSA-…` in each line.
 * A line of another form makes it another document: throws `ADVISORY_FEED_INVALID`, for an empty list as well.
 */
export async function* readModifiedList(path: string, maxRecords: number): AsyncGenerator<ModifiedRecord> {
  const { buffer, byteOffset, length } = await readFileBounded(path, LIMITS.feedListBytes);
  const bytes = Buffer.from(buffer, byteOffset, length);
  let line = 0;
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(0x0a, start);
    const end = found === -1 ? bytes.length : found;
    line += 1;
    if (line > maxRecords) {
      throw limitExceeded(path, maxRecords, 'records');
    }
    yield parseLine(bytes.toString('latin1', start, Math.min(end, start + 2 * MAX_ID)), `line ${line} of ${path}`);
    start = end + 1;
  }
  if (line === 0) {
    throw invalid(path, 'nothing');
  }
}

function parseLine(text: string, object: string): ModifiedRecord {
  const line = text.endsWith('\r') ? text.slice(0, -1) : text;
  const comma = line.indexOf(',');
  const [time, id] = [line.slice(0, Math.max(comma, 0)), line.slice(comma + 1)];
  const modified = /^\d{4}-\d\d-\d\dT[0-9:.]{8,20}(Z|[+-]\d\d:\d\d)$/.test(time) ? Date.parse(time) : Number.NaN;
  // The id becomes the name of a document.
  if (Number.isNaN(modified) || id.length > MAX_ID || !/^[A-Za-z0-9][A-Za-z0-9_.:-]*$/.test(id) || id.includes('..')) {
    throw invalid(object, quote(line, 100));
  }
  return { id, modified };
}

function invalid(object: string, found: string): AdvisoryError {
  return new AdvisoryError('ADVISORY_FEED_INVALID', 'broken list of modified records', {
    object,
    expected: 'lines of a time and an id',
    found,
  });
}

/** When the newest record of a list was changed, milliseconds UTC; what lies ahead of `now` does not count. */
export async function newestOf(path: string, maxRecords: number, now: number): Promise<number> {
  let newest = 0;
  for await (const { modified } of readModifiedList(path, maxRecords)) {
    newest = modified > newest && modified <= now ? modified : newest;
  }
  return newest;
}
