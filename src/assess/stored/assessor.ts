import type { Clock } from '#base/clock.ts';
import type { Log } from '#base/log.ts';
import type { HistoryFact } from '#model/facts.ts';
import type { PolicyContext } from '#model/policy.ts';
import type { FactsStore } from '#model/ports.ts';
import type { Report, ReportTool } from '#model/report.ts';
import type { Advisories } from '../advisories.ts';
import type { ActivePolicies } from '../policy/active.ts';
import { type JudgedFacts, judgeFacts, prepareFacts } from '../policy/judge.ts';
import { Evaluations } from '../policy/threads/evaluations.ts';
import { evidenceOfStored, type StoredEvidenceRequest } from './evidence-of-stored.ts';
import { KnownLayers } from './known-layers.ts';
import { reportOfStored, type StoredEvidence, type StoredReportRequest } from './report-of-stored.ts';

export interface StoredAssessorOptions {
  readonly tool: ReportTool;
  /** What feeds know now. Another answer than before is another revision of them. */
  readonly advisories: () => Promise<Pick<Advisories, 'shard' | 'offers'>>;
  readonly facts: FactsStore;
  readonly clock: Clock;
  readonly log: Log;
  /** Inventories that are kept at hand. */
  readonly cacheBytes?: number;
}

/** What is asked of policy about one image. */
export interface StoredQuestion {
  readonly policies: Pick<ActivePolicies, 'set' | 'compiled'>;
  /** Names of environments of these. */
  readonly environments: readonly string[];
  readonly context: Omit<PolicyContext, 'environment' | 'time'>;
  /** What was decided of this digest before, oldest first. */
  readonly history: readonly HistoryFact[];
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Reports of stored images, and what policies say of them, for as many as there are: what that takes is opened once. */
export interface StoredAssessor {
  /** See `evidenceOfStored`. */
  evidence(request: StoredEvidenceRequest, signal: AbortSignal): Promise<StoredEvidence>;
  /** See `reportOfStored`. */
  report(request: StoredReportRequest, signal: AbortSignal): Promise<Report>;
  /** A verdict for each environment that is asked. */
  judge(report: Report, question: StoredQuestion): Promise<readonly JudgedFacts[]>;
  close(): Promise<void>;
}

export function openStoredAssessor(options: StoredAssessorOptions): StoredAssessor {
  const known = new KnownLayers(options.cacheBytes);
  const evaluations = new Evaluations();
  const shared = { packages: new WeakMap(), parts: new WeakMap() };
  return {
    evidence: async (request, signal) => await evidenceOfStored(request, { ...options, signal }),
    report: async (request, signal) =>
      await reportOfStored(request, { ...options, advisories: await options.advisories(), known, signal }),
    judge: async (report, { policies, environments, history, context, now }) => {
      const prepared = prepareFacts(report, history, shared);
      const judged: JudgedFacts[] = [];
      for (const environment of environments) {
        const asked = { policies: { ...policies, environment }, context, now, allowUnknown: null, evaluations };
        judged.push(await judgeFacts(prepared, asked));
      }
      return judged;
    },
    close: async () => await evaluations.close(),
  };
}
