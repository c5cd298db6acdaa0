import { decodeName } from './name.ts';

/** What a pax extended header says about the entry that follows (POSIX.1-2017, pax, Extended Header). */
export interface PaxRecords {
  path?: string;
  linkpath?: string;
  size?: number;
  uid?: number;
  gid?: number;
  sparse?: PaxSparse;
}

/** The `GNU.sparse.*` records of the formats 0.0, 0.1 and 1.0, as written. */
export interface PaxSparse {
  major?: string;
  minor?: string;
  name?: string;
  size?: string;
  realSize?: string;
  /** `offset,length,…` of format 0.1, or put together from the repeated records of 0.0. */
  map?: string;
}

const SPACE = 0x20;
const EQUALS = 0x3d;
const NEWLINE = 0x0a;

/** The records of one extended header, or what is wrong with it. Unknown keywords (times, `SCHILY.xattr.*`) are passed over. */
export function parsePax(body: Buffer): PaxRecords | string {
  const records: PaxRecords = {};
  const pairs: string[] = [];
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(SPACE, at);
    const length = space === -1 ? null : decimal(body.toString('latin1', at, Math.min(space, at + 16)));
    // A record holds at least its length, a blank, a one-letter keyword, an equals sign and a newline.
    if (length === null || length < space - at + 4 || at + length > body.length) {
      return `no valid record length at byte ${at}`;
    }
    const end = at + length - 1;
    const equals = body.indexOf(EQUALS, space + 1);
    if (body[end] !== NEWLINE || equals === -1 || equals >= end || equals === space + 1) {
      return `no valid record at byte ${at}`;
    }
    const problem = apply(records, pairs, body.toString('latin1', space + 1, equals), body.subarray(equals + 1, end));
    if (problem !== null) {
      return problem;
    }
    at = end + 1;
  }
  if (pairs.length > 0) {
    (records.sparse ??= {}).map ??= pairs.join(',');
  }
  return records;
}

/** Decimal digits only, and exactly representable. */
export function decimal(text: string): number | null {
  if (text.length === 0 || text.length > 16 || !/^[0-9]+$/.test(text)) {
    return null;
  }
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : null;
}

/** An empty value takes nothing back: like Go, and so the container runtimes, it leaves the field of the plain header. */
function apply(records: PaxRecords, pairs: string[], keyword: string, value: Buffer): string | null {
  if (value.length === 0) {
    return null;
  }
  switch (keyword) {
    case 'path':
    case 'linkpath':
      if (value.includes(0)) {
        return `NUL in the record ${keyword}`;
      }
      records[keyword] = decodeName(value);
      return null;
    case 'size':
    case 'uid':
    case 'gid': {
      const text = value.toString('latin1');
      // Owners may be negative; what the kernel keeps is the number modulo 2^32.
      const negative = keyword !== 'size' && text.startsWith('-');
      const number = decimal(negative ? text.slice(1) : text);
      if (number === null) {
        return `no number in the record ${keyword}`;
      }
      records[keyword] = keyword === 'size' ? number : (negative ? -number : number) >>> 0;
      return null;
    }
    default:
      return keyword.startsWith('GNU.sparse.') ? applySparse((records.sparse ??= {}), pairs, keyword, value) : null;
  }
}

function applySparse(sparse: PaxSparse, pairs: string[], keyword: string, value: Buffer): string | null {
  switch (keyword) {
    case 'GNU.sparse.major':
      sparse.major = value.toString('latin1');
      return null;
    case 'GNU.sparse.minor':
      sparse.minor = value.toString('latin1');
      return null;
    case 'GNU.sparse.name':
      sparse.name = decodeName(value);
      return null;
    case 'GNU.sparse.size':
      sparse.size = value.toString('latin1');
      return null;
    case 'GNU.sparse.realsize':
      sparse.realSize = value.toString('latin1');
      return null;
    case 'GNU.sparse.map':
      sparse.map = value.toString('latin1');
      return null;
    case 'GNU.sparse.offset':
    case 'GNU.sparse.numbytes':
      if ((pairs.length % 2 === 0) !== (keyword === 'GNU.sparse.offset')) {
        return `${keyword} out of order`;
      }
      pairs.push(value.toString('latin1'));
      return null;
    default:
      return null;
  }
}
