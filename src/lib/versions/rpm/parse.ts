import type { Parsed } from '../scheme.ts';
import { invalid } from '../scheme.ts';
import { endOfDigits, isLetter, TILDE, toNumeral } from '../text.ts';

const COLON = 0x3a;
const CARET = 0x5e;

/** What a segment says about a text that has all segments before it in common with another one. */
export const RANK = { tilde: 0, end: 1, caret: 2, letters: 3, digits: 4 } as const;

export interface Segment {
  /** One of `RANK`. */
  readonly rank: number;
  /** Letters, or digits without leading zeros; empty for the others. */
  readonly text: string;
}

export interface RpmVersion {
  /** A numeral; `0` when there is none. */
  readonly epoch: string;
  /** Closed by a segment of rank `end`. */
  readonly version: readonly Segment[];
  /** Null when there is none, which is older than any. */
  readonly release: readonly Segment[] | null;
}

const GRAMMAR = '[digits:]version[-release]';

/** As `parseEVR` of rpm takes it apart (`rpmio/rpmver.c`): digits before a colon, and what follows the last dash. */
export function parseRpm(text: string): Parsed<RpmVersion> {
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code <= 0x20 || code === 0x7f) {
      return invalid(text, `${GRAMMAR}, without blanks and control characters`);
    }
  }
  const digits = endOfDigits(text, 0);
  const hasEpoch = text.charCodeAt(digits) === COLON;
  if (hasEpoch && digits === 0) {
    return invalid(text, `${GRAMMAR}, digits before a colon at the start`);
  }
  const rest = hasEpoch ? text.slice(digits + 1) : text;
  const dash = rest.lastIndexOf('-');
  const version = dash === -1 ? rest : rest.slice(0, dash);
  if (version === '') {
    return invalid(text, `${GRAMMAR}, and a version in it`);
  }
  return {
    ok: true,
    version: {
      epoch: hasEpoch ? toNumeral(text.slice(0, digits)) : '0',
      version: segmentsOf(version),
      release: dash === -1 ? null : segmentsOf(rest.slice(dash + 1)),
    },
  };
}

/** Runs of ASCII letters or digits, tildes and carets; whatever else there is separates and is not compared. */
function segmentsOf(text: string): readonly Segment[] {
  const segments: Segment[] = [];
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    const digits = endOfDigits(text, at);
    const letters = endOfLetters(text, at);
    if (digits > at) {
      segments.push({ rank: RANK.digits, text: toNumeral(text.slice(at, digits)) });
    } else if (letters > at) {
      segments.push({ rank: RANK.letters, text: text.slice(at, letters) });
    } else if (code === TILDE || code === CARET) {
      segments.push({ rank: code === TILDE ? RANK.tilde : RANK.caret, text: '' });
    }
    at = Math.max(digits, letters, at + 1);
  }
  return [...segments, { rank: RANK.end, text: '' }];
}

function endOfLetters(text: string, from: number): number {
  let at = from;
  while (isLetter(text.charCodeAt(at))) {
    at += 1;
  }
  return at;
}
