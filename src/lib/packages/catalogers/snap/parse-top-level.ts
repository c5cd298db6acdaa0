import { linesOf } from '../../text.ts';
import { ITEMS_KEPT, listOf, scalarOf, trimBlanks } from './scalar.ts';

const KEY = /^[A-Za-z0-9_-]+$/;
/** Ends a line for YAML, and not for all that read it. */
const LONE_RETURN = /\r(?!\n)/;

/** What may stand below a key: items of a list that is kept, anything, or nothing more. */
type Below = string[] | 'anything' | 'nothing';

/**
 * The values of some keys of a YAML mapping that is not nested in anything, as texts: `1.10` is no number. Tools and people write
 * these on one line, or lists with an item a line; all other keys are passed over, whatever is below them. Null for what is
 * written in any other way that YAML has, and for a key that is there twice.
 */
export function parseTopLevel(
  text: string,
  texts: ReadonlySet<string>,
  lists: ReadonlySet<string>,
): ReadonlyMap<string, readonly string[]> | null {
  if (LONE_RETURN.test(text)) {
    return null;
  }
  const values = new Map<string, readonly string[]>();
  let below: Below = 'nothing';
  let isFirst = true;
  for (const line of linesOf(text)) {
    const trimmed = trimBlanks(line);
    const isStart = isFirst && line === '---';
    isFirst = false;
    if (trimmed === '' || trimmed.startsWith('#') || isStart) {
      continue;
    }
    if (isBelow(line)) {
      if (!addBelow(below, trimmed)) {
        return null;
      }
      continue;
    }
    const pair = pairOf(line);
    if (pair === null || values.has(pair.key)) {
      return null;
    }
    const { key, written } = pair;
    below = 'anything';
    if (texts.has(key) || lists.has(key)) {
      const value = lists.has(key) ? listOf(written) : asList(scalarOf(written));
      if (value === null) {
        return null;
      }
      values.set(key, value);
      below = lists.has(key) && written === '' ? value : 'nothing';
    }
  }
  return values;
}

function asList(value: string | null): string[] | null {
  return value === null ? null : [value];
}

/** Indented, or an item of a list, which need not be. */
function isBelow(line: string): boolean {
  return line.startsWith(' ') || line.startsWith('\t') || line === '-' || line.startsWith('- ');
}

function addBelow(below: Below, trimmed: string): boolean {
  if (!Array.isArray(below)) {
    return below === 'anything';
  }
  const item = trimmed.startsWith('- ') ? scalarOf(trimBlanks(trimmed.slice(1))) : null;
  if (item === null || item === '' || below.length === ITEMS_KEPT) {
    return false;
  }
  below.push(item);
  return true;
}

function pairOf(line: string): { readonly key: string; readonly written: string } | null {
  const colon = line.indexOf(':');
  const key = line.slice(0, Math.max(colon, 0));
  const rest = line.slice(colon + 1);
  return KEY.test(key) && (rest === '' || rest.startsWith(' ')) ? { key, written: withoutComment(rest) } : null;
}

/** What is left is empty where a comment is all there is. */
function withoutComment(rest: string): string {
  const trimmed = trimBlanks(rest);
  return trimmed.startsWith('#') ? '' : trimmed;
}
