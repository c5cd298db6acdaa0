import type { InventoryRecords } from '#model/platform/records.ts';
import { buildPurl, parsePurlOrNull } from '#model/purl.ts';

/** Types and namespaces that are looked through for a name that says neither. */
const MAX_KINDS = 256;
/** Names without a namespace are passed over one by one. */
const MAX_LOOKS = 1024;
/** Types whose names have a distribution in front. */
const OF_DISTRIBUTIONS: ReadonlySet<string> = new Set(['alpm', 'apk', 'deb', 'opkg', 'rpm']);

/**
 * The package URLs, with a version or without, that somebody means: one that is written out, or `name`, `name@version` of any type that is known here. Sorted;
 * none for what no package can be called.
 */
export async function packagesMeant(inventories: InventoryRecords, text: string): Promise<readonly string[]> {
  if (text.startsWith('pkg:')) {
    const parts = parsePurlOrNull(text);
    return parts === null ? [] : [buildPurl(parts)];
  }
  const at = text.lastIndexOf('@');
  const [full, version] = at > 0 ? [text.slice(0, at), text.slice(at + 1)] : [text, ''];
  const split = Math.max(full.lastIndexOf('/'), full.lastIndexOf(':'));
  const [namespace, name] = [full.slice(0, Math.max(split, 0)), full.slice(split + 1)];
  const candidates: string[] = [];
  for (const type of await firsts(inventories, 'pkg:')) {
    const within = OF_DISTRIBUTIONS.has(type) ? await firsts(inventories, `pkg:${type}/`) : [];
    for (const distribution of ['', ...within]) {
      const space = [distribution, namespace].filter((part) => part !== '').join('/');
      candidates.push(...purlOrNone({ type, namespace: space, name, version }));
    }
  }
  const known: string[] = [];
  for (const candidate of new Set(candidates)) {
    if (await isKnown(inventories, candidate)) {
      known.push(candidate);
    }
  }
  return known.toSorted();
}

/** Whether a package URL is the one that is meant, or a version of it. */
export function isMeant(purl: string, meant: string): boolean {
  return purl === meant || ['@', '?', '#'].some((mark) => purl.startsWith(`${meant}${mark}`));
}

/** A rule of its type may forbid it. */
function purlOrNone(parts: Parameters<typeof buildPurl>[0]): readonly string[] {
  try {
    return [buildPurl(parts)];
  } catch {
    return [];
  }
}

/** What stands behind a prefix up to the next slash, each once: one lookup for each. */
async function firsts(inventories: InventoryRecords, prefix: string): Promise<readonly string[]> {
  const found: string[] = [];
  let after: string | null = null;
  for (let looks = 0; looks < MAX_LOOKS && found.length < MAX_KINDS; looks += 1) {
    const [purl]: readonly string[] = await inventories.packages(prefix, { after, limit: 1 });
    const slash: number = purl?.indexOf('/', prefix.length) ?? -1;
    if (purl === undefined) {
      break;
    }
    if (slash === -1) {
      // A name without a namespace.
      after = purl;
      continue;
    }
    const first = purl.slice(prefix.length, slash);
    found.push(first);
    // After all that begin with this and a slash.
    after = `${prefix}${first}0`;
  }
  return found;
}

async function isKnown(inventories: InventoryRecords, purl: string): Promise<boolean> {
  for (const prefix of [purl, ...['@', '?', '#'].map((mark) => `${purl}${mark}`)]) {
    const [found] = await inventories.packages(prefix, { after: null, limit: 1 });
    if (found !== undefined && isMeant(found, purl)) {
      return true;
    }
  }
  return false;
}
