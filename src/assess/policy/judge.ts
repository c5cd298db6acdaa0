import { type Digest, digestOf } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import { BUDGET, type CompiledEnvironment, digestFacts, type EvaluateRequest, recordOf } from '#lib/policy/index.ts';
import type { PolicyContext, PolicySet } from '#model/policy.ts';
import type { Report } from '#model/report.ts';
import type { Verdict } from '#model/verdict.ts';
import { PolicyStore } from '#store/policy/index.ts';
import type { ActivePolicies } from './active.ts';
import { PolicyUseError } from './error.ts';
import { factsOf } from './facts.ts';
import { Evaluations } from './threads/evaluations.ts';
import type { FactTexts } from './threads/protocol.ts';

export interface JudgeRequest {
  readonly policies: ActivePolicies;
  /** Where and when is asked; the environment is that of `policies`. */
  readonly context: Omit<PolicyContext, 'environment' | 'time'>;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Why unknowns may pass; null where they may not. */
  readonly allowUnknown: string | null;
  /** The data folder, absolute: where history is asked and the record is kept. */
  readonly home: string;
  /** False keeps nothing. */
  readonly keep: boolean;
}

export interface Judged {
  readonly verdict: Verdict;
  /** Of its canonical JSON, which is the record. */
  readonly record: Digest;
}

/**
 * Decides about the image of a whole report, and keeps the record with everything that it is made of. Throws `ENVIRONMENT_UNKNOWN`,
 * `REPORT_NOT_JUDGED`, `POLICY_RECORD_NOT_KEPT`.
 */
export async function judgeReport(report: Report, request: JudgeRequest): Promise<Judged> {
  assertWhole(report);
  const { policies, now, allowUnknown } = request;
  const environment = environmentOf(policies);
  const store = new PolicyStore(request.home);
  // A document may claim to be about any image: what is decided of it is not decided of that one.
  const digest = report.content === 'declared' ? null : report.image.digest;
  const history = digest === null ? [] : await store.history(digest);
  const facts = factsOf(report, history);
  const { manifest, digest: factsDigest, texts } = digestFacts(facts);
  const context: PolicyContext = {
    ...request.context,
    time: new Date(now).toISOString(),
    environment: policies.environment,
  };
  const { set } = policies;
  const asked = { facts, manifest, factsDigest, compiled: environment, set, context, allowUnknown, budget: BUDGET };
  const verdict = await evaluated(asked, texts);
  const text = recordOf(verdict);
  const record = digestOf(text);
  if (request.keep) {
    const inputs = new Map([...texts, ...documentsOf(set), ...digested([revisionOf(set), context, { allowUnknown }])]);
    await store.keep({ verdict, text, digest: record, inputs, image: digest }, now);
  }
  return { verdict, record };
}

/** Within bounds of time, whatever the rules are. */
async function evaluated(request: EvaluateRequest, texts: FactTexts): Promise<Verdict> {
  const evaluations = new Evaluations();
  try {
    return await evaluations.evaluate(request, texts);
  } finally {
    await evaluations.close();
  }
}

/** What was left out of a report could be what refuses the image. */
function assertWhole({ kind, hiddenFindings }: Report): void {
  if (kind !== 'scan' || hiddenFindings > 0) {
    throw new PolicyUseError('REPORT_NOT_JUDGED', 'not enough to decide by', {
      expected: 'a report of a scan with all findings',
      found: kind === 'scan' ? `one that leaves out ${hiddenFindings}` : 'an inventory',
    });
  }
}

function environmentOf({ compiled, environment }: ActivePolicies): CompiledEnvironment {
  const found = compiled.environments.get(environment);
  if (found === undefined) {
    throw new PolicyUseError('ENVIRONMENT_UNKNOWN', 'no such environment', {
      object: '--environment',
      expected:
        compiled.environments.size === 0
          ? 'documents with an environment (plimsoll policy init writes some to begin with)'
          : `one of ${[...compiled.environments.keys()].join(', ')}`,
      found: quote(environment),
    });
  }
  return found;
}

function documentsOf({
  policies,
  environments,
  exceptions,
  sources,
}: PolicySet): readonly (readonly [Digest, string])[] {
  return [...policies, ...environments, ...exceptions, ...sources].map(({ digest, canonical }) => [digest, canonical]);
}

/** What the revision of a set is the digest of. */
function revisionOf({ policies, environments, exceptions, sources }: PolicySet): readonly Digest[] {
  return [...policies, ...environments, ...exceptions, ...sources].map(({ digest }) => digest).toSorted();
}

function digested(values: readonly unknown[]): readonly (readonly [Digest, string])[] {
  return values.map((value) => {
    const text = canonicalJson(value);
    return [digestOf(text), text];
  });
}
