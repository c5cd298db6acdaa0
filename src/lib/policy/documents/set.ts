import { compareText } from '#base/compare.ts';
import { digestOf } from '#base/digest.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import type { PolicySet } from '#model/policy.ts';
import type { DocumentIssue } from '../compile/compiled.ts';
import { documentError, type PolicyDocument } from './parse.ts';
import { positionOf } from './position.ts';

/** The documents as the set that decides. Throws `POLICY_SET_INVALID` where two of a kind have one name, naming files and lines of both. */
export function policySet(documents: readonly PolicyDocument[]): PolicySet {
  const [twice] = namesakeIssues(documents);
  if (twice !== undefined) {
    throw documentError('POLICY_SET_INVALID', twice);
  }
  const byName = documents.toSorted((a, b) => compareText(a.name, b.name));
  return {
    policies: byName.filter((document) => document.kind === 'Policy'),
    environments: byName.filter((document) => document.kind === 'Environment'),
    exceptions: byName.filter((document) => document.kind === 'Exception'),
    sources: byName.filter((document) => document.kind === 'Source'),
    revision: digestOf(canonicalJson(documents.map(({ digest }) => digest).toSorted(compareText))),
  };
}

/** Documents of a name that another of their kind has before them. */
export function namesakeIssues(documents: readonly PolicyDocument[]): readonly DocumentIssue[] {
  const first = new Map<string, PolicyDocument>();
  const issues: DocumentIssue[] = [];
  for (const document of documents) {
    const key = `${document.kind} ${document.name}`;
    const other = first.get(key);
    if (other === undefined) {
      first.set(key, document);
      continue;
    }
    const place = 'metadata > name';
    const { line } = positionOf(other, place);
    issues.push({
      severity: 'error',
      code: 'name-taken',
      file: document.file,
      ...positionOf(document, place),
      place,
      message: `expected a name that no other document of kind ${document.kind} has, found ${JSON.stringify(document.name)}, which ${other.file}, line ${line} has`,
    });
  }
  return issues;
}

/** Exceptions that have expired: an error where a document is written or added. An evaluation tells them as expired and goes on. */
export function expiredIssues(documents: readonly PolicyDocument[], now: number): readonly DocumentIssue[] {
  return documents.flatMap((document): readonly DocumentIssue[] =>
    document.kind === 'Exception' && Date.parse(document.expires) <= now
      ? [
          {
            severity: 'error',
            code: 'expired',
            file: document.file,
            ...positionOf(document, 'expires'),
            place: 'expires',
            message: `expected a time after now (${new Date(now).toISOString()}), found ${document.expires}`,
          },
        ]
      : [],
  );
}

/**
 * The documents, and with them the policies that ship of the names which their environments select and they do not have: a policy of
 * one's own takes the place of one that ships.
 */
export function withShipped(
  documents: readonly PolicyDocument[],
  shipped: readonly PolicyDocument[],
): readonly PolicyDocument[] {
  const own = new Set(documents.flatMap(({ kind, name }) => (kind === 'Policy' ? name : [])));
  const selected = new Set(
    documents.flatMap((document) =>
      document.kind === 'Environment' ? document.policies.map(({ policy }) => policy) : [],
    ),
  );
  return [
    ...documents,
    ...shipped.filter(({ kind, name }) => kind === 'Policy' && selected.has(name) && !own.has(name)),
  ];
}
