import { isEnvironmentName } from '#lib/access/index.ts';
import {
  type CompiledSet,
  compileSet,
  type DocumentIssue,
  type PolicyDocument,
  policySet,
  shippedDocuments,
  withShipped,
} from '#lib/policy/index.ts';
import type { TrustConfiguration } from '#lib/trust/index.ts';
import type { PolicySet } from '#model/policy.ts';
import type { InstallationDocument } from './kinds.ts';

/** Documents as they decide together, with what ships. */
export interface Together {
  readonly set: PolicySet;
  /** Null where anything is wrong. */
  readonly compiled: CompiledSet | null;
  /** By the names of their documents. */
  readonly trust: ReadonlyMap<string, TrustConfiguration>;
  /** False where there are none but those that ship: then nothing is let out of quarantine by itself. */
  readonly hasEnvironments: boolean;
  readonly issues: readonly DocumentIssue[];
}

/** Compiles the documents of an installation. No two of them have one kind and name. */
export async function putTogether(documents: readonly InstallationDocument[]): Promise<Together> {
  const shipped = await shippedDocuments();
  const own = documents.filter((document): document is PolicyDocument => document.kind !== 'Trust');
  const hasEnvironments = own.some(({ kind }) => kind === 'Environment');
  const deciding = hasEnvironments ? own : [...own, ...shipped.filter(({ kind }) => kind === 'Environment')];
  const set = policySet(withShipped(deciding, shipped));
  const trust = new Map(
    documents.flatMap((document) => (document.kind === 'Trust' ? [[document.name, document.configuration]] : [])),
  );
  const result = compileSet(set);
  const issues = [...result.issues, ...namesOfEnvironments(set), ...namesInSources(set, trust, hasEnvironments)];
  return { set, compiled: result.ok && issues.length === 0 ? result.compiled : null, trust, hasEnvironments, issues };
}

/** Approvals and grants are for an environment by its name, which is more narrow than that of a document. */
function namesOfEnvironments({ environments }: PolicySet): readonly DocumentIssue[] {
  return environments
    .filter(({ name }) => !isEnvironmentName(name))
    .map((environment) =>
      issueAt(
        environment,
        'metadata > name',
        'environment-name',
        `expected a name of lower-case letters, digits and dashes, at most 63 of them, found ${JSON.stringify(environment.name)}`,
      ),
    );
}

/** What a source names has to be there: an image would never come out of quarantine, or be taken from whoever signs it. */
function namesInSources(
  { sources, environments }: PolicySet,
  trust: Together['trust'],
  hasEnvironments: boolean,
): readonly DocumentIssue[] {
  // What ships lets nothing out of quarantine by itself: that takes an environment that somebody decided on.
  const known = hasEnvironments ? environments.map(({ name }) => name) : [];
  return sources.flatMap((source) => {
    const { acquire } = source;
    const issues: DocumentIssue[] = [];
    if (acquire !== null && !known.includes(acquire.environment)) {
      const message = `expected the name of an environment of your own (${known.join(', ') || 'there is none'}), found ${JSON.stringify(acquire.environment)}`;
      issues.push(issueAt(source, 'acquire > environment', 'unknown-environment', message));
    }
    if (acquire !== null && acquire.trust !== null && !trust.has(acquire.trust)) {
      const message = `expected the name of a document of kind Trust (${[...trust.keys()].join(', ') || 'there is none'}), found ${JSON.stringify(acquire.trust)}`;
      issues.push(issueAt(source, 'acquire > trust', 'unknown-trust', message));
    }
    return issues;
  });
}

function issueAt(
  { file, positions }: Pick<PolicyDocument, 'file' | 'positions'>,
  place: string,
  code: string,
  message: string,
): DocumentIssue {
  const { line, column } = positions?.get(place) ?? { line: 1, column: 1 };
  return { severity: 'error', code, file, line, column, place, message };
}
