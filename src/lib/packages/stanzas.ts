import { linesOf } from './text.ts';

/** A block of `Name: value` lines as in RFC 822: up to a blank line. */
export interface Stanza {
  /** Where it starts, counted from 1. */
  readonly line: number;
  /** By lower-case name, in order; of a field that is repeated without end, the first ones. */
  readonly fields: ReadonlyMap<string, readonly FieldValue[]>;
  /** The first line that is neither a field nor the continuation of one. */
  readonly malformedLine: number | null;
}

export interface FieldValue {
  /** The first line, without blanks at its ends. */
  readonly text: string;
  /** The lines that continue it, without blanks at their ends; of a value that goes on without end, the first ones. */
  readonly folded: readonly string[];
}

/** Distributions have some dozens of classifiers and up to a thousand dependencies; nothing else that is read may be repeated. */
const VALUES_KEPT = 4096;

/** Lists of dependencies have some dozens of lines where they are folded at all. */
const FOLDED_KEPT = 1024;

/**
 * The stanzas of a text, lazily. Only fields whose lower-case name is in `wanted` are kept: descriptions are most of a
 * package database.
 */
export function* parseStanzas(text: string, wanted: ReadonlySet<string>): Generator<Stanza, void> {
  let open: OpenStanza | null = null;
  let number = 0;
  for (const line of linesOf(text)) {
    number += 1;
    if (line === '') {
      if (open !== null) {
        yield open;
        open = null;
      }
    } else {
      open ??= { line: number, fields: new Map(), malformedLine: null, current: null };
      addLine(open, line, number, wanted);
    }
  }
  if (open !== null) {
    yield open;
  }
}

/** In one line; of several fields of a name the first, as R and vcpkg take it too. Empty where there is none. */
export function valueOf({ fields }: Pick<Stanza, 'fields'>, name: string): string {
  const value = fields.get(name)?.[0];
  return value === undefined ? '' : [value.text, ...value.folded].join(' ').trim();
}

interface OpenStanza extends Stanza {
  readonly fields: Map<string, OpenValue[]>;
  malformedLine: number | null;
  /** What a continuation line belongs to: null before the first field, `ignored` for a field that is not wanted. */
  current: OpenValue | 'ignored' | null;
}

interface OpenValue extends FieldValue {
  readonly folded: string[];
}

function addLine(stanza: OpenStanza, line: string, number: number, wanted: ReadonlySet<string>): void {
  const { current } = stanza;
  const isContinuation = line.startsWith(' ') || line.startsWith('\t');
  const colon = line.indexOf(':');
  if (isContinuation && current !== null) {
    if (current !== 'ignored' && current.folded.length < FOLDED_KEPT) {
      current.folded.push(line.trim());
    }
  } else if (isContinuation || colon < 1) {
    stanza.malformedLine ??= number;
  } else {
    const name = line.slice(0, colon).trimEnd().toLowerCase();
    stanza.current = wanted.has(name) ? addValue(stanza, name, line.slice(colon + 1).trim()) : 'ignored';
  }
}

function addValue(stanza: OpenStanza, name: string, text: string): OpenValue {
  const value = { text, folded: [] };
  const values = stanza.fields.get(name) ?? [];
  if (values.length < VALUES_KEPT) {
    values.push(value);
    stanza.fields.set(name, values);
  }
  return value;
}
