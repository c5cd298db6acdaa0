import { linesOf } from '../../text.ts';
import { isBlank, readWord } from './words.ts';

/**
 * The labels of the image that a Dockerfile makes (Dockerfile reference), of its last stage. One whose value depends on a
 * variable that the file does not set is left out: the image below may set it.
 */
export function parseDockerfileLabels(text: string): ReadonlyMap<string, string> {
  const labels = new Map<string, string>();
  const variables = new Map<string, string>();
  for (const { name, rest } of instructions(text)) {
    if (name === 'FROM') {
      labels.clear();
      variables.clear();
    } else if (name === 'LABEL') {
      set(labels, pairsOf(rest, variables));
    } else if (name === 'ENV') {
      // All values of one instruction are those from before it.
      set(variables, pairsOf(rest, variables));
    } else if (name === 'ARG') {
      // Without a value it is whatever the build was given; ENV counts before it.
      const given = pairsOf(rest, variables).filter(({ key, value }) => value !== '' && !variables.has(key));
      set(variables, given);
    }
  }
  return labels;
}

function set(into: Map<string, string>, pairs: readonly Pair[]): void {
  for (const { key, value } of pairs) {
    if (key === '') {
      continue;
    }
    if (value === null) {
      into.delete(key);
    } else if (into.size < PAIRS) {
      into.set(key, value);
    }
  }
}

/** Images have some dozens. */
const PAIRS = 1000;

interface Pair {
  readonly key: string;
  readonly value: string | null;
}

/** `key=value …`, or `key` and everything behind it. */
function pairsOf(rest: string, variables: ReadonlyMap<string, string>): readonly Pair[] {
  const pairs: Pair[] = [];
  let at = 0;
  while (at < rest.length && pairs.length < PAIRS) {
    if (isBlank(rest.charAt(at))) {
      at += 1;
      continue;
    }
    const { text, equals, end } = readWord(rest, at, variables);
    if (pairs.length === 0 && text !== null && equals === -1) {
      const value = readWord(rest.slice(end).trim(), 0, variables, true);
      return [{ key: text, value: value.text }];
    }
    const key = text === null ? keyOf(rest.slice(at, end)) : text.slice(0, Math.max(equals, 0));
    if (key !== '') {
      pairs.push({ key, value: text === null ? null : text.slice(equals + 1) });
    }
    at = end;
  }
  return pairs;
}

/** The name of a pair whose value is not known. */
function keyOf(word: string): string {
  const equals = word.indexOf('=');
  return equals === -1 ? '' : (readWord(word.slice(0, equals), 0, new Map()).text ?? '');
}

interface Instruction {
  /** In upper case. */
  readonly name: string;
  readonly rest: string;
}

/** Lines that end in a backslash go on in the next one; comments and empty lines in between are passed over. */
function* instructions(text: string): Generator<Instruction, void> {
  let parts: string[] = [];
  for (const line of linesOf(text)) {
    const content = line.trim();
    if (content === '' || content.startsWith('#')) {
      continue;
    }
    const isOpen = content.endsWith('\\');
    parts.push(isOpen ? line.trimEnd().slice(0, -1) : line);
    if (!isOpen) {
      yield toInstruction(parts);
      parts = [];
    }
  }
  if (parts.length > 0) {
    yield toInstruction(parts);
  }
}

function toInstruction(parts: readonly string[]): Instruction {
  const line = parts.join('').trim();
  for (let at = 0; at < Math.min(line.length, LONGEST_NAME); at += 1) {
    if (isBlank(line.charAt(at))) {
      return { name: line.slice(0, at).toUpperCase(), rest: line.slice(at + 1).trim() };
    }
  }
  return { name: '', rest: '' };
}

/** `HEALTHCHECK ` and `MAINTAINER ` are the longest. */
const LONGEST_NAME = 16;
