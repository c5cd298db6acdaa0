import { quote } from '#base/error.ts';
import { readFileBounded } from '#base/limits.ts';
import { AdvisoryError } from '../../error.ts';

/** What the file beside a feed says of it. */
export interface FeedMeta {
  /** Milliseconds UTC. */
  readonly modified: number;
  /** Of the document as it is when unpacked. */
  readonly size: number;
  /** Lower case, hexadecimal. */
  readonly sha256: string;
}

const MAX_BYTES = 4096;

/** A line for each value, its name in front of a colon. Throws `ADVISORY_FEED_INVALID`. */
export async function readMeta(path: string, object: string): Promise<FeedMeta> {
  const text = Buffer.from(await readFileBounded(path, MAX_BYTES)).toString('latin1');
  const values = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon !== -1) {
      values.set(line.slice(0, colon), line.slice(colon + 1));
    }
  }
  const [modified = '', size = '', sha256 = ''] = ['lastModifiedDate', 'size', 'sha256'].map((name) =>
    values.get(name),
  );
  if (Number.isNaN(Date.parse(modified)) || !/^[0-9]{1,15}$/.test(size) || !/^[0-9A-Fa-f]{64}$/.test(sha256)) {
    throw new AdvisoryError('ADVISORY_FEED_INVALID', 'broken document of a feed', {
      object,
      expected: 'lines with lastModifiedDate, size and sha256',
      found: quote(text, 100),
    });
  }
  return { modified: Date.parse(modified), size: Number(size), sha256: sha256.toLowerCase() };
}
