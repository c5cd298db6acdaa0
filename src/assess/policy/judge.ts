import { type Digest, digestOf } from '#base/digest.ts';
import { quote } from '#base/error.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import { BUDGET, type CompiledEnvironment, type DigestedParts, digestFacts, recordOf } from '#lib/policy/index.ts';
import type { Facts, FactsManifest, HistoryFact } from '#model/facts.ts';
import type { PolicyContext, PolicySet } from '#model/policy.ts';
import type { Report } from '#model/report.ts';
import type { Verdict } from '#model/verdict.ts';
import { PolicyStore } from '#store/policy/index.ts';
import type { ActivePolicies } from './active.ts';
import { PolicyUseError } from './error.ts';
import { factsOf, type KnownPackages } from './facts.ts';
import { Evaluations } from './threads/evaluations.ts';
import type { FactTexts } from './threads/protocol.ts';

export interface JudgeRequest {
  readonly policies: Omit<ActivePolicies, 'issues'>;
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

/** What a report says, as policies see it. One for all environments that are asked. */
export interface PreparedFacts {
  readonly facts: Facts;
  readonly manifest: FactsManifest;
  readonly digest: Digest;
  readonly texts: FactTexts;
}

export interface JudgeFactsRequest extends Pick<JudgeRequest, 'policies' | 'context' | 'now' | 'allowUnknown'> {
  /** Who evaluates; it outlives many judgements. */
  readonly evaluations: Evaluations;
}

/** A verdict with its record, and nothing kept of it. */
export interface JudgedFacts extends Judged {
  /** The record: canonical JSON. */
  readonly text: string;
  /** Canonical JSON of all that the verdict is made of, by digest. */
  readonly inputs: () => ReadonlyMap<Digest, string>;
}

/**
 * Decides about the image of a whole report, and keeps the record with everything that it is made of. Throws `ENVIRONMENT_UNKNOWN`,
 * `REPORT_NOT_JUDGED`, `POLICY_RECORD_NOT_KEPT`.
 */
export async function judgeReport(report: Report, request: JudgeRequest): Promise<Judged> {
  const store = new PolicyStore(request.home);
  // A document may claim to be about any image: what is decided of it is not decided of that one.
  const digest = report.content === 'declared' ? null : report.image.digest;
  environmentOf(request.policies);
  const prepared = prepareFacts(report, digest === null ? [] : await store.history(digest));
  const evaluations = new Evaluations();
  try {
    const { verdict, record, text, inputs } = await judgeFacts(prepared, { ...request, evaluations });
    if (request.keep) {
      await store.keep({ verdict, text, digest: record, inputs: inputs(), image: digest }, request.now);
    }
    return { verdict, record };
  } finally {
    await evaluations.close();
  }
}

/** What images of the same layers share: it is put together once for as long as somebody holds their packages. */
export interface KnownFacts {
  readonly packages: KnownPackages;
  readonly parts: DigestedParts;
}

/** The facts of a whole report, `history` oldest first. Throws `REPORT_NOT_JUDGED`. */
export function prepareFacts(
  report: Report,
  history: readonly HistoryFact[],
  known: KnownFacts = { packages: new WeakMap(), parts: new WeakMap() },
): PreparedFacts {
  assertWhole(report);
  const facts = factsOf(report, history, known.packages);
  return { facts, ...digestFacts(facts, known.parts) };
}

/** What one environment says of them, within bounds of time, whatever the rules are. Throws `ENVIRONMENT_UNKNOWN`. */
export async function judgeFacts(prepared: PreparedFacts, request: JudgeFactsRequest): Promise<JudgedFacts> {
  const { policies, now, allowUnknown, evaluations } = request;
  const compiled = environmentOf(policies);
  const { set } = policies;
  const { facts, manifest, digest: factsDigest, texts } = prepared;
  const context: PolicyContext = {
    ...request.context,
    time: new Date(now).toISOString(),
    environment: policies.environment,
  };
  const asked = { facts, manifest, factsDigest, compiled, set, context, allowUnknown, budget: BUDGET };
  const verdict = await evaluations.evaluate(asked, texts);
  const text = recordOf(verdict);
  const inputs = (): ReadonlyMap<Digest, string> =>
    new Map([...texts, ...documentsOf(set), ...digested([revisionOf(set), context, { allowUnknown }])]);
  return { verdict, record: digestOf(text), text, inputs };
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

function environmentOf({ compiled, environment }: JudgeRequest['policies']): CompiledEnvironment {
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
