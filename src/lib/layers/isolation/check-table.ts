import { LIMITS } from '#base/limits.ts';
import { decodeTable, type LayerTable } from '../table/codec.ts';
import { ENTRY_TYPES, HASH_BYTES, HASHED } from '../table/file-table.ts';
import { list, normalPath, unreadableOf } from './shapes.ts';
import { weighJson } from './weigh-json.ts';

const FILE = ENTRY_TYPES.indexOf('file');
const LINKS: ReadonlySet<number> = new Set([ENTRY_TYPES.indexOf('symlink'), ENTRY_TYPES.indexOf('hardlink')]);
const MODES = 0o7777;
/** A path of the longest kind in UTF-8, as the columns hold them. */
const MAX_TEXT_BYTES = LIMITS.pathBytes * 3;
/** A head is an object of lists of objects. */
const HEAD_DEPTH = 4;

const normalPaths = list(normalPath);
const unreadable = unreadableOf('layers');

/**
 * A layer's table from bytes that another process claims to be one: null unless every entry can be read and is as the
 * walk would have made it. `decodeTable` itself trusts its input, which a checksum has vouched for.
 */
export function checkedTable(bytes: Buffer): LayerTable | null {
  try {
    const headBytes = bytes.subarray(4, 4 + bytes.readUInt32LE(0));
    if (weighJson(headBytes, HEAD_DEPTH) > LIMITS.imageFactBytes) {
      return null;
    }
    const decoded = decodeTable(bytes);
    return decoded !== null && isWhole(decoded) ? decoded : null;
  } catch {
    // Lengths and offsets that lead out of the bytes, or a head that is no JSON.
    return null;
  }
}

function isWhole({ table, whiteouts, opaques, unreadable: problems }: LayerTable): boolean {
  const { types, modes, sizes, paths, links, hashes } = table.columns;
  if (types.length > LIMITS.layerEntries || !normalPaths(whiteouts) || !normalPaths(opaques) || !unreadable(problems)) {
    return false;
  }
  let hashed = 0;
  let linked = 0;
  for (const [index, packed] of types.entries()) {
    const type = packed & ~HASHED;
    const size = sizes[index] ?? -1;
    if (ENTRY_TYPES[type] === undefined || (packed !== type && type !== FILE)) {
      return false;
    }
    if (((modes[index] ?? 0) & ~MODES) !== 0 || !Number.isSafeInteger(size) || size < 0) {
      return false;
    }
    hashed += packed === type ? 0 : 1;
    linked += LINKS.has(type) ? 1 : 0;
  }
  return (
    hashes.length === hashed * HASH_BYTES &&
    holdsTexts(paths, types.length) &&
    holdsTexts(links, linked) &&
    hasNormalPaths(table)
  );
}

/** True for a column of exactly `count` texts, each within what `StringColumnReader` can hold. */
function holdsTexts(column: Buffer, count: number): boolean {
  let at = 0;
  let previous = 0;
  for (let index = 0; index < count; index += 1) {
    if (at + 4 > column.length) {
      return false;
    }
    const shared = column.readUInt16LE(at);
    const more = column.readUInt16LE(at + 2);
    if (shared > previous || shared + more > MAX_TEXT_BYTES) {
      return false;
    }
    previous = shared + more;
    at += 4 + more;
  }
  return at === column.length;
}

function hasNormalPaths(table: LayerTable['table']): boolean {
  let bytes = 0;
  for (const { path, type, link = '' } of table) {
    bytes += path.length + link.length;
    const linkIsFine = type === 'hardlink' ? normalPath(link) : link.length <= LIMITS.pathBytes;
    if (!normalPath(path) || !linkIsFine || bytes > LIMITS.layerPathBytes) {
      return false;
    }
  }
  return true;
}
