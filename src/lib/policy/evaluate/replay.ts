import { isAppError } from '#base/error.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import { parseStrictJson } from '#base/json/strict.ts';
import type { Verdict } from '#model/verdict.ts';
import { verdictSchema } from '#model/verdict-schema.ts';
import { PolicyError } from '../error.ts';
import { ENGINE } from './engine.ts';
import { evaluate } from './evaluate.ts';
import type { EvaluateRequest } from './request.ts';
import { oneLine } from './text.ts';

const MAX_DIFFERENCES = 50;
const VALUE_CHARS = 200;

/** A verdict as it is stored, signed and compared: canonical JSON (RFC 8785). Its digest names the record. */
export function recordOf(verdict: Verdict): string {
  return canonicalJson(verdict);
}

/** The verdict of a record. Throws `POLICY_RECORD_INVALID` for what is none of a version that this release reads. */
export function parseRecord(record: Uint8Array | string, object: string): Verdict {
  const json = parseRecordJson(record, object);
  const parsed = verdictSchema.safeParse(json);
  if (!parsed.success) {
    const { path = [], message = '' } = parsed.error.issues[0] ?? {};
    throw invalid(object, 'a verdict of schema 2.0', `${path.join(' > ')}: ${message}`);
  }
  // The schema is that of the interface: `verdict-schema.test.ts`.
  return json as Verdict;
}

export interface Replay {
  /** Whether the very same bytes came out. */
  readonly same: boolean;
  /** What came out now. */
  readonly verdict: Verdict;
  /** Members that differ, such as `rules > 0 > outcome`, at most 50; none where the bytes are the same. */
  readonly differences: readonly Difference[];
}

export interface Difference {
  /** Empty for the whole: the same members, and other bytes. */
  readonly member: string;
  /** As JSON, shortened; empty for a member that is not there. */
  readonly recorded: string;
  readonly now: string;
}

/**
 * Evaluates again what a record is about. The caller gives the request with the facts, documents, context and `allowUnknown` that the record
 * names. Throws as `parseRecord` does, and `POLICY_RECORD_INVALID` for a record of another version of the engine.
 */
export function replay(record: Uint8Array | string, object: string, request: EvaluateRequest): Replay {
  const recorded = parseRecord(record, object);
  if (recorded.engine.version !== ENGINE.version) {
    throw invalid(object, `a record of engine version ${ENGINE.version}`, `version ${recorded.engine.version}`);
  }
  const verdict = evaluate(request);
  const same = (typeof record === 'string' ? record : Buffer.from(record).toString('utf8')) === recordOf(verdict);
  const differences = same ? [] : differencesOf('', recorded, JSON.parse(recordOf(verdict)));
  const whole: Difference = { member: '', recorded: 'other bytes', now: 'canonical JSON of the same members' };
  return { same, verdict, differences: same || differences.length > 0 ? differences : [whole] };
}

function parseRecordJson(record: Uint8Array | string, object: string): unknown {
  try {
    return parseStrictJson(record, object);
  } catch (error) {
    if (isAppError(error)) {
      throw invalid(object, 'a verdict as JSON', error.found ?? error.problem);
    }
    throw error;
  }
}

function differencesOf(member: string, recorded: unknown, now: unknown): readonly Difference[] {
  if (isContainer(recorded) && isContainer(now) && Array.isArray(recorded) === Array.isArray(now)) {
    const names = new Set([...Object.keys(recorded), ...Object.keys(now)]);
    const below = [...names].flatMap((name) =>
      differencesOf(member === '' ? name : `${member} > ${name}`, recorded[name], now[name]),
    );
    return below.slice(0, MAX_DIFFERENCES);
  }
  const [before, after] = [jsonOf(recorded), jsonOf(now)];
  return before === after ? [] : [{ member, recorded: shown(before), now: shown(after) }];
}

function isContainer(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function jsonOf(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value);
}

function shown(json: string): string {
  return oneLine(json, VALUE_CHARS);
}

function invalid(object: string, expected: string, found: string): PolicyError {
  return new PolicyError('POLICY_RECORD_INVALID', 'not a record that can be replayed', { object, expected, found });
}
