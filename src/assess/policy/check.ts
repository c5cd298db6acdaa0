import type { DocumentIssue } from '#lib/policy/index.ts';
import { checkPolicies, PolicyError, readPolicyFiles, shippedDocuments } from '#lib/policy/index.ts';
import type { PolicyKind } from '#model/policy.ts';
import { readPolicyPaths } from './files.ts';

/** What `policy check` found. */
export interface CheckedPolicies {
  /** How many documents of each kind could be read. */
  readonly documents: Readonly<Record<Exclude<PolicyKind, 'Trust'>, number>>;
  /** By file and line. Files are named as `named` has them. */
  readonly issues: readonly DocumentIssue[];
}

/** Checks the documents of files and folders (absolute), with those that ship; only those that ship where none is named. */
export async function checkFolder(
  paths: readonly string[],
  { now, named }: { readonly now: number; readonly named: (path: string) => string },
): Promise<CheckedPolicies> {
  const shipped = await shippedDocuments();
  const files = await readPolicyPaths(paths);
  const read = readPolicyFiles(files.map(({ path, bytes }) => ({ path: named(path), bytes })));
  const folder = paths.length === 0 ? { documents: shipped, issues: [] } : read;
  if (paths.length > 0 && files.length === 0) {
    throw new PolicyError('POLICY_DOCUMENT_INVALID', 'there are no policies', {
      object: paths.map(named).join(', '),
      expected: 'files that end in .yaml or .yml',
      found: 'none',
    });
  }
  const count = (kind: PolicyKind): number => folder.documents.filter((document) => document.kind === kind).length;
  return {
    documents: {
      Policy: count('Policy'),
      Environment: count('Environment'),
      Exception: count('Exception'),
      Source: count('Source'),
    },
    issues: checkPolicies(folder, { shipped, now }),
  };
}
