import { type Matcher, RE2JS } from 're2js';
import { messageOf, quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { CelError } from '../error.ts';
import type { Meter } from '../meter.ts';
import { COST } from '../run/cost.ts';
import { programSizeOf } from './regex-size.ts';

/** Compiling anything at all, in units. */
const COMPILE = 100;
const MAX_COMPILED = 64;
/** Instructions that every program has: that it has matched, and that it has not. */
const EVERY_PROGRAM = 2;
/** Of one expression; its states are made anew past it. 8 MiB by default. */
const STATES_BYTES = 1024 * 1024;

/**
 * An expression that came through the only door of policies: RE2 syntax, time linear in text and program, and both charged before anything
 * runs (the length of the text × the size of the expression, by the factors of cel-go).
 */
interface CompiledPattern {
  readonly expression: RE2JS;
  /** Its characters, or the instructions of its program where these are more, as in `(a?){500}`. */
  readonly size: number;
}

/** Whether a part of the text matches: `matches` of CEL. */
export function matchesPart(text: string, pattern: string, meter: Meter): boolean {
  return prepare(text, pattern, meter).test(text);
}

/** Whether the text as a whole does, with no `^` and `$` needed. */
export function matchesWhole(text: string, pattern: string, meter: Meter): boolean {
  return prepare(text, pattern, meter).testExact(text);
}

/**
 * Matches that do not overlap, from the left; at most `limit`. Each is charged as a search of all that is left, since it may be one:
 * `.*b|a` looks through the rest of the text for every `a`.
 */
export function* findMatches(text: string, pattern: string, meter: Meter, limit: number): Generator<Matcher> {
  const { expression, size } = compile(pattern, meter);
  let matcher: Matcher | null = null;
  let from = 0;
  for (let found = 0; found < limit; found += 1) {
    meter.charge(searchCost(text.length - from, size));
    matcher ??= expression.matcher(text);
    if (!matcher.find()) {
      return;
    }
    from = matcher.end();
    yield matcher;
  }
}

/** How many groups the expression has. Throws `CelError` for what is none. */
export function groupsOf(pattern: string, meter: Meter): number {
  return compile(pattern, meter).expression.groupCount();
}

function prepare(text: string, pattern: string, meter: Meter): RE2JS {
  const { expression, size } = compile(pattern, meter);
  meter.charge(searchCost(text.length, size));
  return expression;
}

function searchCost(length: number, size: number): number {
  return Math.ceil((1 + length) * COST.traversal) * Math.ceil(size * COST.patternLength);
}

/** What has been compiled stays for the next call and the next evaluation; nobody can tell, not even by the cost. */
const compiled = new Map<string, CompiledPattern>();
/** What an evaluation has paid for. One that uses more expressions than are kept pays for each use. */
const paid = new WeakMap<Meter, Set<string>>();

function compile(pattern: string, meter: Meter): CompiledPattern {
  if (pattern.length > LIMITS.regularExpressionChars) {
    throw new CelError(
      `regular expression of ${pattern.length} characters; at most ${LIMITS.regularExpressionChars} are allowed`,
    );
  }
  chargeCompile(pattern, meter);
  const known = compiled.get(pattern);
  if (known !== undefined) {
    return known;
  }
  const fresh = compileNew(pattern);
  for (const oldest of compiled.keys()) {
    if (compiled.size < MAX_COMPILED) {
      break;
    }
    compiled.delete(oldest);
  }
  compiled.set(pattern, fresh);
  return fresh;
}

function chargeCompile(pattern: string, meter: Meter): void {
  const before = paid.get(meter) ?? new Set();
  if (before.has(pattern)) {
    return;
  }
  const size = programSizeOf(pattern);
  if (size > LIMITS.regularExpressionSize) {
    throw new CelError(`regular expression too large: ${quote(pattern, 80)} repeats too much`);
  }
  meter.charge(COMPILE + size);
  if (before.size < MAX_COMPILED) {
    paid.set(meter, before.add(pattern));
  }
}

function compileNew(pattern: string): CompiledPattern {
  try {
    const expression = RE2JS.compile(pattern);
    const { dfa } = expression.re2();
    dfa.stateBudget = STATES_BYTES;
    dfa.memBudget = STATES_BYTES;
    return { expression, size: Math.max(pattern.length, expression.programSize() - EVERY_PROGRAM) };
  } catch (error) {
    throw new CelError(`invalid regular expression ${quote(pattern, 80)}: ${messageOf(error)}`);
  }
}
