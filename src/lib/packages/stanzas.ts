import { linesOf } from './text.ts';

/** A block of `Name: value` lines as in RFC 822: up to a blank line. */
export interface Stanza {
  /** Where it starts, counted from 1. */
  readonly line: number;
  /** Values by lower-case name, in order; the lines of a folded value are joined by a newline, each without its blanks. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** The first line that is neither a field nor the continuation of one. */
  readonly malformedLine: number | null;
}

/**
 * The stanzas of a text, lazily. Only fields whose lower-case name is in `wanted` are kept: descriptions and
 * dependencies are most of a package database.
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

interface OpenStanza extends Stanza {
  readonly fields: Map<string, string[]>;
  malformedLine: number | null;
  /** The values of the field that a continuation line belongs to: `ignored` for one that is not wanted. */
  current: string[] | 'ignored' | null;
}

function addLine(stanza: OpenStanza, line: string, number: number, wanted: ReadonlySet<string>): void {
  if (line.startsWith(' ') || line.startsWith('\t')) {
    if (stanza.current === null) {
      stanza.malformedLine ??= number;
    } else if (stanza.current !== 'ignored') {
      stanza.current.push(`${stanza.current.pop() ?? ''}\n${line.trim()}`);
    }
    return;
  }
  const colon = line.indexOf(':');
  if (colon < 1) {
    stanza.malformedLine ??= number;
    return;
  }
  const name = line.slice(0, colon).trimEnd().toLowerCase();
  if (!wanted.has(name)) {
    stanza.current = 'ignored';
    return;
  }
  const values = stanza.fields.get(name) ?? [];
  values.push(line.slice(colon + 1).trim());
  stanza.fields.set(name, values);
  stanza.current = values;
}
