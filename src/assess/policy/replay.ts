import { resolve } from 'node:path';
import { isDigest } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import {
  BUDGET,
  type EvaluateRequest,
  explainRule,
  parseDocuments,
  parseRecord,
  type Replay,
  type RuleExplanation,
  replay,
} from '#lib/policy/index.ts';
import type { Verdict } from '#model/verdict.ts';
import { PolicyStore } from '#store/policy/index.ts';
import { compiled } from './active.ts';
import { PolicyUseError } from './error.ts';

/** A record with what it was made of. */
interface OpenRecord {
  readonly text: string;
  readonly object: string;
  readonly verdict: Verdict;
  readonly request: EvaluateRequest;
}

/**
 * Evaluates again what a record (a digest of one that is kept, or a file) is about, from what was kept of it. Throws `POLICY_RECORD_MISSING`,
 * `POLICY_INPUT_MISSING`, `POLICY_RECORD_INVALID`, `RECORD_UNREADABLE`, and the system's error for another problem with a file.
 */
export async function replayRecord(record: string, home: string): Promise<Replay> {
  const { text, object, request } = await openRecord(record, home);
  return replay(text, object, request);
}

/** Walks one rule of a record through. Throws as replaying does, and `RULE_UNKNOWN`. */
export async function explainRecord(record: string, rule: string, home: string): Promise<RuleExplanation> {
  const { request, verdict, object } = await openRecord(record, home);
  const explained = explainRule(request, rule);
  if (explained === null) {
    const names = verdict.rules.map((one) => one.rule);
    throw new PolicyUseError('RULE_UNKNOWN', 'no such rule', {
      object,
      expected: `one of ${names.join(', ')}`,
      found: quote(rule),
    });
  }
  return explained;
}

/** The system names every file that it cannot open, but not the folder that it opened and cannot read. */
async function textOfFile(path: string): Promise<string> {
  try {
    return Buffer.from(await readFileBounded(resolve(path), LIMITS.policyObjectBytes)).toString('utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code !== 'EISDIR' && code !== 'ENOENT') {
      throw error;
    }
    throw new PolicyUseError('RECORD_UNREADABLE', 'no record', {
      object: path,
      expected: 'the digest of a record (sha256: and 64 digits), or a file with a verdict',
      found: code === 'EISDIR' ? 'a folder' : 'no file of that name',
      cause: error,
    });
  }
}

async function openRecord(record: string, home: string): Promise<OpenRecord> {
  const store = new PolicyStore(home);
  const text = isDigest(record) ? await store.record(record) : await textOfFile(record);
  const object = isDigest(record) ? `record ${record}` : record;
  const verdict = parseRecord(text, object);
  const { manifest, facts, documents, context, allowUnknown } = await store.inputsOf(verdict);
  const { set, compiled: all } = compiled(documents.flatMap((canonical) => parseDocuments(canonical, 'the record')));
  const environment = all.environments.get(context.environment);
  if (environment === undefined) {
    throw new PolicyUseError('ENVIRONMENT_UNKNOWN', 'no such environment', {
      object,
      expected: `one of ${[...all.environments.keys()].join(', ')}`,
      found: quote(context.environment),
    });
  }
  const { facts: factsDigest } = verdict.inputs;
  const request = { facts, manifest, factsDigest, compiled: environment, set, context, allowUnknown, budget: BUDGET };
  return { text, object, verdict, request };
}
