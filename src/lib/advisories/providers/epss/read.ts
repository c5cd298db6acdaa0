import { quote } from '#base/error.ts';
import { limitExceeded } from '#base/limits.ts';
import type { FeedEntry } from '#model/ports.ts';
import { AdvisoryError } from '../../error.ts';
import { FEED_LIMITS, readDecompressed } from '../../feeds/index.ts';
import type { Refresh, RefreshRequest } from '../provider.ts';
import { linesOf } from './lines.ts';

const PATH = 'epss_scores-current.csv.gz';
const HEADER = 'cve,epss,percentile';
/** Rows have less than 50. */
const LINE_BYTES = 1024;
const DATE = 'score_date:';
const DAY = 'YYYY-MM-DD'.length;

export async function refresh(request: RefreshRequest): Promise<Refresh> {
  const { documents, cursor } = request;
  const found = await documents.get(PATH, { validator: cursor });
  if (found.kind === 'missing') {
    return found;
  }
  if (found.kind === 'unchanged') {
    return { kind: 'unchanged', cursor: cursor ?? '' };
  }
  const entries = read(found.path, `${documents.label}/${PATH}`, request);
  return { kind: 'whole', revision: found.digest, cursor: found.validator ?? '', entries };
}

/**
 * A comment that names the model and the day, a header, and a row for each vulnerability. Throws `ADVISORY_FEED_INVALID`
 * when the first two are not as they should be, or when there is no row: what the numbers are would be a guess.
 */
async function* read(path: string, object: string, request: RefreshRequest): AsyncGenerator<FeedEntry> {
  const limits = request.limits ?? FEED_LIMITS;
  let date = '';
  let number = 0;
  const seen = new Set<number>();
  const lines = linesOf(
    readDecompressed(path, object, limits.totalBytes, request.signal),
    Math.min(LINE_BYTES, limits.recordBytes),
  );
  for await (const line of lines) {
    number += 1;
    if (number === 1) {
      date = dateOf(line, object);
    } else if (number === 2) {
      if (line !== HEADER) {
        throw invalid(object, `${quote(HEADER)} in line 2`, quote(line ?? 'a line that is too long', 80));
      }
    } else {
      if (number - 2 > limits.records) {
        throw limitExceeded(object, limits.records, 'records');
      }
      const entry = toEntry(line, date, number);
      const isNew = entry.kind !== 'signal' || !seen.has(numberOf(entry.id));
      yield isNew ? entry : { kind: 'rejected', name: entry.id, reason: 'it comes a second time' };
      if (entry.kind === 'signal') {
        seen.add(numberOf(entry.id));
      }
    }
  }
  if (number <= 2) {
    throw invalid(object, 'a comment, a header and rows', `${number} ${number === 1 ? 'line' : 'lines'}`);
  }
}

/** `#model_version:v2023.03.01,score_date:2024-10-25T00:00:00+0000`. */
function dateOf(line: string | null, object: string): string {
  const comment = line?.startsWith('#') === true ? line.slice(1).split(',') : [];
  const date = comment.find((part) => part.startsWith(DATE))?.slice(DATE.length, DATE.length + DAY);
  if (date === undefined || !/^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(date) || Number.isNaN(Date.parse(date))) {
    throw invalid(object, 'a comment with score_date in line 1', quote(line ?? 'a line that is too long', 80));
  }
  return date;
}

export function toEntry(
  line: string | null,
  date: string,
  number: number,
): Extract<FeedEntry, { readonly kind: 'signal' | 'rejected' }> {
  const [id = '', probability = '', percentile = '', ...rest] = (line ?? '').split(',');
  if (!/^CVE-[0-9]{4}-[0-9]{4,12}$/.test(id) || rest.length > 0) {
    const found = line === null ? 'a line that is too long' : quote(line, 60);
    return { kind: 'rejected', name: `line ${number}`, reason: `expected ${HEADER}, found ${found}` };
  }
  if (!isShare(probability) || !isShare(percentile)) {
    const found = `${quote(probability, 40)} and ${quote(percentile, 40)}`;
    return { kind: 'rejected', name: id, reason: `expected two numbers from 0 to 1, found ${found}` };
  }
  return {
    kind: 'signal',
    id,
    signal: { kind: 'epss', probability: Number(probability), percentile: Number(percentile), date },
  };
}

/** `0.91963`, `1`, and `9e-05` as programs write what is small. */
function isShare(text: string): boolean {
  return /^[0-9](?:\.[0-9]{1,20})?(?:e-[0-9]{1,2})?$/.test(text) && Number(text) <= 1;
}

/** Year and number in one, which take less room than as many texts. */
function numberOf(id: string): number {
  const [, year, number] = id.split('-');
  return Number(year) * 1e12 + Number(number);
}

function invalid(object: string, expected: string, found: string): AdvisoryError {
  return new AdvisoryError('ADVISORY_FEED_INVALID', 'broken document of a feed', { object, expected, found });
}
