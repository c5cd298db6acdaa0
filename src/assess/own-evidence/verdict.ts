import type { Digest } from '#base/digest.ts';
import { staleFrom } from '#lib/advisories/index.ts';
import { endedFrom } from '#lib/lifecycle/index.ts';
import { SEVERITIES } from '#model/advisory.ts';
import { withoutSource } from '#model/exception.ts';
import type { Gate } from '#model/gate.ts';
import type {
  GateDecision,
  GateVerdict,
  GateVerdictCounts,
  GateVerdictInput,
  GateVerdictPolicy,
} from '#model/gate-verdict.ts';
import type { Report } from '#model/report.ts';
import { hidesFindings } from '#model/unknown.ts';

/** A report with the answer to its gate. */
export type JudgedReport = Report & { readonly gate: Gate };

export interface VerdictParts {
  readonly repository: string | null;
  readonly digest: Digest;
  readonly policy: GateVerdictPolicy;
  readonly inputs: readonly GateVerdictInput[];
  /** When it was decided, milliseconds since 1970. */
  readonly now: number;
}

/** The predicate of our own: the decision with all that it rests on. */
export function composeVerdict(
  report: JudgedReport,
  { repository, digest, policy, inputs, now }: VerdictParts,
): GateVerdict {
  return {
    schemaVersion: '1.0',
    tool: report.tool,
    image: { repository, digest, platform: report.image.platform },
    decidedAt: new Date(now).toISOString(),
    decision: decisionOf(report),
    reasons: reasonsOf(report),
    counts: countsOf(report),
    exceptions: (report.exceptions ?? []).map(withoutSource),
    allowUnknown: report.gate.allowUnknown ?? null,
    policy,
    advisories: report.advisories.map(({ ecosystem, revision, newest, stale }) => ({
      ecosystem,
      revision,
      newest,
      stale,
    })),
    inputs,
    validUntil: validUntil(report),
  };
}

/** What is not shown to pass does not; what passes with something excepted or not known says so. */
export function decisionOf({ gate, exceptions = [], unknowns }: JudgedReport): GateDecision {
  switch (gate.outcome) {
    case 'refused':
      return 'refuse';
    case 'unknown':
      return 'error';
    case 'passed':
      return exceptions.length > 0 || unknowns.some(hidesFindings) ? 'warn' : 'pass';
  }
}

/** Whether it was asked whether the image passes. */
export function isJudged(report: Report): report is JudgedReport {
  return report.gate !== undefined;
}

/** The reasons of the gate, and what it passed over. */
export function reasonsOf({ gate, exceptions = [], unknowns }: JudgedReport): readonly string[] {
  const { allowUnknown } = gate;
  const hiding = unknowns.filter(hidesFindings).length;
  const allowed = allowUnknown === undefined || hiding === 0 ? null : allowUnknown;
  return [
    ...gate.reasons,
    ...(exceptions.length === 0 ? [] : [`${countOf(exceptions.length, 'finding is', 'findings are')} excepted`]),
    ...(allowed === null ? [] : [`${countOf(hiding, 'thing is', 'things are')} not known, allowed: ${allowed}`]),
  ];
}

/** The first instant at which advisories get too old, support ends, or an exception does; null for what does not pass, which time does not mend. */
export function validUntil({ gate, advisories, lifecycle = [], exceptions = [] }: JudgedReport): string | null {
  if (gate.outcome !== 'passed') {
    return null;
  }
  const turns = [
    ...advisories.flatMap(({ ecosystem, newest, count, checked, stale }) =>
      // What is known of exploitation decides nothing, and dates of support do not get old.
      stale || UNAGING.has(ecosystem)
        ? []
        : [staleFrom({ newest: newest === null ? 0 : Date.parse(newest), count, checked: Date.parse(checked) })],
    ),
    ...lifecycle.flatMap((entry) => (entry.status === 'ended' ? [] : (endedFrom(entry) ?? []))),
    ...exceptions.flatMap(({ expires }) => (expires === null ? [] : [Date.parse(expires)])),
  ];
  return turns.length === 0 ? null : new Date(Math.min(...turns)).toISOString();
}

const UNAGING: ReadonlySet<string> = new Set(['EPSS', 'KEV', 'Lifecycle']);

function countsOf({ findings, exceptions = [], unknowns }: JudgedReport): GateVerdictCounts {
  const of = Object.fromEntries(
    SEVERITIES.map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length]),
  ) as GateVerdictCounts['findings'];
  return { findings: of, excepted: exceptions.length, unknowns: unknowns.length };
}

function countOf(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
