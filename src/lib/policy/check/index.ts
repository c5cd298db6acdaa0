import { compareText } from '#base/compare.ts';
import type { DocumentIssue } from '../compile/compiled.ts';
import { compileAll } from '../compile/index.ts';
import { memberIssue } from '../compile/issue.ts';
import { expiredIssues, type PolicyDocument, type PolicyFolder, policySet, withShipped } from '../documents/index.ts';
import { lintPolicy } from './lint-policy.ts';
import { lintSet } from './lint-set.ts';

/**
 * All that is wrong or unwise in documents, sorted by file and line: what `policy check` shows. Where one could not be read, only what
 * that is about is told, since everything else may come of it. Of policies that ship nothing is told but where they are what is checked.
 */
export function checkPolicies(
  { documents, issues }: PolicyFolder,
  { shipped, now }: { readonly shipped: readonly PolicyDocument[]; readonly now: number },
): readonly DocumentIssue[] {
  const found = [...issues, ...expiredIssues(documents, now)];
  if (!issues.some(({ severity }) => severity === 'error')) {
    const set = policySet(withShipped(documents, shipped));
    const parts = compileAll(set);
    const own = new Set(documents.map(({ file }) => file));
    const lint = [...[...parts.policies.values()].flatMap(lintPolicy), ...lintSet(set, parts, new Set(shipped))];
    found.push(...parts.issues, ...lint.filter(({ file }) => own.has(file)), ...replaced(documents, shipped));
  }
  return unique(found).toSorted((a, b) => compareText(a.file, b.file) || a.line - b.line || a.column - b.column);
}

/** Policies of one's own under the name of one that ships. */
function replaced(documents: readonly PolicyDocument[], shipped: readonly PolicyDocument[]): readonly DocumentIssue[] {
  const names = new Set(shipped.flatMap(({ kind, name }) => (kind === 'Policy' ? name : [])));
  return documents
    .filter((document) => document.kind === 'Policy' && names.has(document.name) && !shipped.includes(document))
    .map((document) =>
      memberIssue(document, ['metadata', 'name'], {
        severity: 'warning',
        code: 'shadowed',
        message: `takes the place of the policy ${document.name} that ships`,
      }),
    );
}

/** What two environments are told alike is told once. */
function unique(issues: readonly DocumentIssue[]): readonly DocumentIssue[] {
  const seen = new Map(
    issues.map((issue) => [[issue.file, issue.line, issue.column, issue.message].join('\n'), issue]),
  );
  return [...seen.values()];
}
