import { type BdbPage, BdbPages } from './bdb/pages.ts';
import type { Damage, HeaderBlob } from './blob.ts';

/** Pages of items; the first kind is how old versions wrote them. */
const HASH_PAGES: readonly number[] = [2, 13];
const OVERFLOW_PAGE = 7;
const PAGE_HEADER = 26;
const ITEM_HERE = 1;
const ITEM_ELSEWHERE = 3;
const ELSEWHERE_BYTES = 12;
/** Under this number the database keeps the next one to give away. */
const COUNTER = 0;

/**
 * The headers in `Packages`, a hash of Berkeley DB whose keys are the numbers of packages (rpm, `lib/backend/bdb_ro.c`). What
 * cannot be read goes to `damage`. Throws `PACKAGE_DATABASE_INVALID`.
 */
export function* parseBdb(bytes: Uint8Array, object: string, damage: Damage): Generator<HeaderBlob> {
  const pages = new BdbPages(bytes, object);
  for (const first of pages.buckets) {
    let number = first;
    do {
      const page = pages.take(number);
      if (page === null || !HASH_PAGES.includes(page.type)) {
        damage.pages.add('expected a page of a bucket, found another, or one that was read before', number);
        break;
      }
      yield* headersOn(page, number, pages, damage);
      number = page.next;
    } while (number !== 0);
  }
}

function* headersOn(page: BdbPage, number: number, pages: BdbPages, damage: Damage): Generator<HeaderBlob> {
  const items = itemsOn(page, pages);
  if (items === null) {
    damage.pages.add('expected keys with their values, found others', number);
    return;
  }
  for (let index = 0; index < items.length; index += 2) {
    const [key, value] = items.slice(index, index + 2);
    if (key?.[0] !== ITEM_HERE || key.length !== 5 || value === undefined) {
      damage.pages.add('expected keys with their values, found others', number);
      continue;
    }
    const header = pages.uint32(1, key);
    if (header !== COUNTER) {
      const content = contentOf(value, pages);
      if (content === null) {
        damage.packages.add('expected the whole of a header on overflow pages, found less', header);
      } else {
        yield { number: header, bytes: content };
      }
    }
  }
}

/** Each item reaches from its offset to that of the one before it: they grow from the end of the page. Null when offsets do not fall. */
function itemsOn({ bytes, entries }: BdbPage, pages: BdbPages): readonly Buffer[] | null {
  const start = PAGE_HEADER + 2 * entries;
  if (start > bytes.length || entries % 2 !== 0) {
    return null;
  }
  const items: Buffer[] = [];
  let end = bytes.length;
  for (let index = 0; index < entries; index += 1) {
    const offset = pages.uint16(PAGE_HEADER + 2 * index, bytes);
    if (offset < start || offset >= end) {
      return null;
    }
    items.push(bytes.subarray(offset, end));
    end = offset;
  }
  return items;
}

/** The value of an item, from overflow pages where it names them. */
function contentOf(item: Buffer, pages: BdbPages): Uint8Array | null {
  if (item[0] === ITEM_HERE) {
    return item.subarray(1);
  }
  if (item[0] !== ITEM_ELSEWHERE || item.length !== ELSEWHERE_BYTES) {
    return null;
  }
  const pieces: Uint8Array[] = [];
  let left = pages.uint32(8, item);
  let next = pages.uint32(4, item);
  while (left > 0) {
    const page = pages.take(next);
    if (page?.type !== OVERFLOW_PAGE || page.used > page.bytes.length - PAGE_HEADER || page.used > left) {
      return null;
    }
    pieces.push(page.bytes.subarray(PAGE_HEADER, PAGE_HEADER + page.used));
    left -= page.used;
    next = page.next;
  }
  return next === 0 ? Buffer.concat(pieces) : null;
}
