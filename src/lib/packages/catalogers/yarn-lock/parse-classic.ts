import { quote } from '#base/error.ts';
import { notA } from '../../declared-packages.ts';
import { linesOf } from '../../text.ts';
import type { LockEntry } from './entry.ts';

interface OpenEntry {
  readonly patterns: readonly string[];
  version: string;
  readonly needs: (readonly [string, string])[];
}

/**
 * `yarn.lock` of Yarn 1: a line with what was asked for, and indented below it words and texts. Throws `PACKAGE_METADATA_INVALID` for a
 * line of another form.
 */
export function* parseClassic(text: string, object: string): Generator<LockEntry, void> {
  let entry: OpenEntry | null = null;
  let section = '';
  let number = 0;
  for (const line of linesOf(text)) {
    number += 1;
    const content = line.trim();
    if (content === '' || content.startsWith('#')) {
      continue;
    }
    const indent = line.length - line.trimStart().length;
    if (indent === 0 && content.endsWith(':')) {
      if (entry !== null) {
        yield entry;
      }
      entry = { patterns: wordsOf(content.slice(0, -1), ','), version: '', needs: [] };
      section = '';
    } else if (entry === null || indent === 0) {
      throw notA(object, 'an entry of yarn.lock', `line ${number}: ${quote(content, 40)}`);
    } else if (indent === 2) {
      section = content.endsWith(':') ? content.slice(0, -1) : '';
      const [key = '', value = ''] = wordsOf(content, ' ');
      entry.version = key === 'version' ? value : entry.version;
    } else if (section === 'dependencies' || section === 'optionalDependencies') {
      const [name = '', range = ''] = wordsOf(content, ' ');
      entry.needs.push([name, range]);
    }
  }
  if (entry !== null) {
    yield entry;
  }
}

/** Parts of a line, each in quotes or not. */
function wordsOf(text: string, separator: string): readonly string[] {
  const words: string[] = [];
  let at = 0;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === ' ' || char === separator) {
      at += 1;
      continue;
    }
    const isQuoted = char === '"';
    const start = isQuoted ? at + 1 : at;
    const end = text.indexOf(isQuoted ? '"' : separator, start);
    words.push(text.slice(start, end === -1 ? text.length : end));
    at = end === -1 ? text.length : end + 1;
  }
  return words;
}
