import { isAppError, messageOf, quote } from '#base/error.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import type { loadCsaf } from '#lib/vex/index.ts';
import type { FeedEntry } from '#model/ports.ts';
import { isCve, nameOf } from './advisory-id.ts';
import { toAdvisoryRecord } from './record.ts';

export type CsafReader = Awaited<ReturnType<typeof loadCsaf>>;

/**
 * What one document of the feed says: a record for each CVE, or that it cannot be read. `path` is where it is there:
 * `2024/cve-2024-24786.json` is of one CVE, `2024/rhsa-2024_0010.json` of all that an update repairs.
 */
export function readDocument(path: string, bytes: Uint8Array, reader: CsafReader): readonly FeedEntry[] {
  const rejected = (reason: string): readonly FeedEntry[] => [{ kind: 'rejected', name: path, reason }];
  try {
    const document = reader.readCsafOfFeed(parseStrictJson(bytes, 'document'), path);
    const name = nameOf(path);
    if (document.id.toUpperCase() !== name) {
      return rejected(`expected a document of ${name}, found one of ${quote(document.id, 40)}`);
    }
    const cves = document.vulnerabilities.flatMap(({ cve }) => cve ?? []);
    if (isCve(name) && (cves.length !== 1 || cves[0] !== name)) {
      return rejected(`expected ${name} alone, found ${quote(cves.join(', '), 80)}`);
    }
    if (cves.length < document.vulnerabilities.length || new Set(cves).size < cves.length) {
      return rejected(`expected a CVE of its own for each vulnerability, found ${quote(cves.join(', '), 80)}`);
    }
    return document.vulnerabilities.map((vulnerability) => ({
      kind: 'record',
      record: toAdvisoryRecord(document, { name, cve: vulnerability.cve ?? name, vulnerability }, reader.partsOf),
    }));
  } catch (error) {
    if (!isAppError(error)) {
      throw error;
    }
    return rejected(messageOf(error));
  }
}

/** Whether a document of the feed is of this name, which then is a path that can be asked for. */
export function isDocumentPath(path: string): boolean {
  return /^\d{4}\/(?:cve-\d{4}-\d{4,19}|rh[bes]a-\d{4}_\d{4,9})\.json$/.test(path);
}
