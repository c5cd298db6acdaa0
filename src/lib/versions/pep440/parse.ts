import type { Parsed } from '../scheme.ts';
import { invalid } from '../scheme.ts';
import { DASH, DOT, endOfDigits, toNumeral } from '../text.ts';
import { Reader } from './reader.ts';

/** A version of PEP 440, normalised. Numbers are numerals of any length. */
export interface Pep440Version {
  readonly epoch: string;
  /** Without trailing zeros: 1.0 and 1 are the same release. */
  readonly release: readonly string[];
  readonly pre: { readonly kind: PreKind; readonly number: string } | null;
  readonly post: string | null;
  readonly dev: string | null;
  /** Segments of the local version, lower case; empty when there is none. */
  readonly local: readonly string[];
}

export type PreKind = 'a' | 'b' | 'rc';

/** Longer spellings first: the first that fits is taken. */
const PRE: ReadonlyMap<string, PreKind> = new Map([
  ['alpha', 'a'],
  ['a', 'a'],
  ['beta', 'b'],
  ['b', 'b'],
  ['preview', 'rc'],
  ['pre', 'rc'],
  ['c', 'rc'],
  ['rc', 'rc'],
]);
const POST = ['post', 'rev', 'r'];
const DEV = ['dev'];
const EXPECTED = '[N!]N(.N)*[{a|b|rc}N][.postN][.devN][+local] (PEP 440)';

/** Reads PEP 440, Appendix B, with all the spellings that it normalises. What it calls legacy versions are errors. */
export function parsePep440(text: string): Parsed<Pep440Version> {
  // White space around a version is allowed. ASCII first: lower-casing turns some letters of other scripts into ASCII ones.
  if (!isAscii(text)) {
    return invalid(text, `${EXPECTED} in ASCII`);
  }
  const reader = new Reader(text.trim().toLowerCase());
  reader.accept('v');
  const first = reader.digits();
  const hasEpoch = first !== '' && reader.accept('!');
  const release = readRelease(reader, hasEpoch ? reader.digits() : first);
  if (release === null) {
    return invalid(text, `${EXPECTED}, starting with a number`);
  }
  const pre = reader.labelled(PRE.keys());
  const post = readPost(reader);
  const dev = reader.labelled(DEV);
  const local = reader.accept('+') ? readLocal(reader) : [];
  if (local === null || !reader.done()) {
    return invalid(text, EXPECTED);
  }
  return {
    ok: true,
    version: {
      epoch: hasEpoch ? toNumeral(first) : '0',
      release,
      pre: pre === null ? null : { kind: PRE.get(pre.label) ?? 'rc', number: pre.number },
      post,
      dev: dev?.number ?? null,
      local,
    },
  };
}

function readRelease(reader: Reader, first: string): readonly string[] | null {
  if (first === '') {
    return null;
  }
  const release = [toNumeral(first)];
  for (let next = reader.digitsAfter(DOT); next !== null; next = reader.digitsAfter(DOT)) {
    release.push(next);
  }
  while (release.length > 1 && release.at(-1) === '0') {
    release.pop();
  }
  return release;
}

/** `1.0-1` is an implicit `1.0.post1`. */
function readPost(reader: Reader): string | null {
  return reader.digitsAfter(DASH) ?? reader.labelled(POST)?.number ?? null;
}

function readLocal(reader: Reader): readonly string[] | null {
  const segments: string[] = [];
  do {
    const segment = reader.alphanumeric();
    if (segment === '') {
      return null;
    }
    segments.push(endOfDigits(segment, 0) === segment.length ? toNumeral(segment) : segment);
  } while (reader.separator());
  return segments;
}

function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) > 0x7e) {
      return false;
    }
  }
  return true;
}
