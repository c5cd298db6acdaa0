import { quote } from '#base/error.ts';
import type { Advisory, Rating, Severity } from '#model/advisory.ts';
import type { FeedEntry } from '#model/ports.ts';
import { askDocuments, readRecord, readTarDocuments, UNDATED } from '../../feeds/index.ts';
import type { Refresh, RefreshRequest } from '../provider.ts';
import { UbuntuDocument } from './document.ts';
import { rowsOfCve, rowsOfNotice } from './rows.ts';

const ARCHIVE = 'vex-all.tar.xz';

export async function refresh(request: RefreshRequest): Promise<Refresh> {
  const asked = await askDocuments(request.documents, [ARCHIVE], request.cursor);
  if (asked.kind !== 'documents') {
    return asked;
  }
  const path = asked.documents[0]?.path ?? '';
  return { kind: 'whole', revision: asked.revision, cursor: asked.cursor, entries: readArchive(path, request) };
}

async function* readArchive(path: string, { documents, signal, limits }: RefreshRequest): AsyncGenerator<FeedEntry> {
  const object = `${documents.label}/${ARCHIVE}`;
  const isWanted = (name: string): boolean => name.endsWith('.json');
  const options = { object, isWanted, signal, ...(limits === undefined ? {} : { limits }) };
  for await (const file of readTarDocuments(path, options)) {
    const entry = file.kind === 'rejected' ? file : toEntry(file.name, file.bytes);
    if (entry !== null) {
      yield entry;
    }
  }
}

const CVE = /^CVE-\d{4}-\d{4,19}$/;
const NOTICE = /^USN-\d{1,6}-\d{1,4}$/;

/** Null for a document that says nothing of any release. */
export function toEntry(name: string, bytes: Uint8Array): FeedEntry | null {
  const read = readRecord(name, bytes, UbuntuDocument);
  if (read.kind === 'rejected') {
    return read;
  }
  const { value } = read;
  const [id = '', ...others] = new Set(value.statements.map(({ vulnerability }) => vulnerability.name));
  const isNotice = NOTICE.test(id);
  if (others.length > 0 || (!isNotice && !CVE.test(id))) {
    const found = [id, ...others].slice(0, 3).map((each) => quote(each, 40));
    return {
      kind: 'rejected',
      name,
      reason: `expected statements about one CVE or one notice, found ${found.join(', ')}`,
    };
  }
  const advisory = isNotice ? toNotice(id, value) : toAdvisory(id, value);
  const affected = isNotice ? rowsOfNotice(value, advisory) : rowsOfCve(value, advisory);
  return affected.length === 0 ? null : { kind: 'record', record: { advisory, affected } };
}

function toAdvisory(cve: string, document: UbuntuDocument): Advisory {
  const id = `UBUNTU-${cve}`;
  return {
    ...textsOf(document),
    id,
    aliases: [],
    upstream: [cve],
    ratings: priorityOf(id, document),
    references: [{ type: 'ADVISORY', url: `https://ubuntu.com/security/${cve}` }],
  };
}

function toNotice(id: string, document: UbuntuDocument): Advisory {
  const names = document.statements.flatMap(({ vulnerability }) => vulnerability.aliases ?? []);
  return {
    ...textsOf(document),
    id,
    aliases: [],
    upstream: [...new Set(names.filter((name) => CVE.test(name)))],
    ratings: [],
    references: [{ type: 'ADVISORY', url: `https://ubuntu.com/security/notices/${id}` }],
  };
}

function textsOf({
  statements,
  metadata,
  timestamp,
}: UbuntuDocument): Pick<Advisory, 'summary' | 'details' | 'modified'> {
  const details = statements[0]?.vulnerability.description ?? '';
  return { summary: '', details, modified: instantOf(timestamp ?? metadata?.timestamp ?? '') };
}

/** Some documents leave out that they mean UTC. */
function instantOf(text: string): string {
  const isOpen = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?$/.test(text);
  const date = new Date(isOpen ? `${text}Z` : text);
  return Number.isNaN(date.getTime()) ? UNDATED : date.toISOString();
}

const PRIORITIES: ReadonlyMap<string, Severity> = new Map([
  ['critical', 'critical'],
  ['high', 'high'],
  ['medium', 'medium'],
  ['low', 'low'],
  ['negligible', 'low'],
]);
const BEFORE_PRIORITY = 'classified this CVE as of ';

/** OpenVEX has no place for it: it is in a sentence of the notes. */
function priorityOf(source: string, { statements }: UbuntuDocument): readonly Rating[] {
  for (const { status_notes: notes } of statements) {
    const at = notes?.indexOf(BEFORE_PRIORITY) ?? -1;
    const word = at === -1 ? '' : (notes?.slice(at + BEFORE_PRIORITY.length).split(' ', 1)[0] ?? '');
    const severity = PRIORITIES.get(word.toLowerCase());
    if (severity !== undefined) {
      return [{ severity, scale: 'Ubuntu', source }];
    }
  }
  return [];
}
