import { canonicalJson } from '#base/json/canonical.ts';
import {
  type CompiledSet,
  compileSet,
  type DocumentIssue,
  documentError,
  type FolderFile,
  type PolicyDocument,
  parseDocuments,
  policySet,
  readPolicyFiles,
  shippedDocuments,
  withShipped,
} from '#lib/policy/index.ts';
import type { PolicySet } from '#model/policy.ts';
import type { Verifying } from '../signed-artifact/verify.ts';
import { readPolicyPaths } from './files.ts';

/** Where the documents are that decide. */
export type PolicySource =
  /** What ships with the program. */
  | { readonly kind: 'shipped' }
  /** Absolute. */
  | { readonly kind: 'folder'; readonly path: string }
  /** A signed one, see `readBundle`. */
  | { readonly kind: 'bundle'; readonly reference: string; readonly verifying: Verifying };

export interface PolicyChoice {
  readonly source: PolicySource;
  /** Files and folders, absolute, whose documents come to those of the source, in the place of namesakes. The environment selects their policies too. */
  readonly files: readonly string[];
  /** Null makes one that selects the policies of the files alone, called `AD_HOC`. */
  readonly environment: string | null;
  /** How files are told. */
  readonly named: (path: string) => string;
}

/** What is active: read, checked, and ready to run. */
export interface ActivePolicies {
  readonly set: PolicySet;
  readonly compiled: CompiledSet;
  /** The environment that is asked. */
  readonly environment: string;
  /** Not errors. */
  readonly issues: readonly DocumentIssue[];
}

/** The environment of policies that somebody names by their files alone. */
export const AD_HOC = 'ad-hoc';

/** Throws `POLICY_DOCUMENT_INVALID`, `POLICY_SET_INVALID` and `POLICY_NOT_COMPILED` with the first error, and what reading throws. */
export async function loadPolicies(choice: PolicyChoice): Promise<ActivePolicies> {
  const { source, environment, named } = choice;
  const own = documentsIn(await readPolicyPaths(choice.files), named);
  // Files alone are judged by alone: what the source has is for its own environments.
  const active = environment === null ? [] : await documentsOf(source, named);
  const taken = new Set(own.map(keyOf));
  const together = [...active.filter((document) => !taken.has(keyOf(document))), ...own];
  const policies = own.filter(({ kind }) => kind === 'Policy').map(({ name }) => name);
  const name = environment ?? AD_HOC;
  const documents = environment === null ? [...together, adHoc(policies)] : withSelected(together, name, policies);
  return { ...compiled(withShipped(documents, await shippedDocuments())), environment: name };
}

/** The documents as a set that is ready. Throws `POLICY_SET_INVALID` and `POLICY_NOT_COMPILED`. */
export function compiled(documents: readonly PolicyDocument[]): Omit<ActivePolicies, 'environment'> {
  const set = policySet(documents);
  const result = compileSet(set);
  if (result.ok) {
    return { set, compiled: result.compiled, issues: result.issues };
  }
  const issue = result.issues.find(({ severity }) => severity === 'error') ?? result.issues[0];
  throw issue === undefined
    ? new Error('what does not compile has an issue')
    : documentError('POLICY_NOT_COMPILED', issue);
}

async function documentsOf(source: PolicySource, named: PolicyChoice['named']): Promise<readonly PolicyDocument[]> {
  switch (source.kind) {
    case 'shipped':
      return await shippedDocuments();
    case 'folder':
      return documentsIn(await readPolicyPaths([source.path]), named);
    case 'bundle': {
      const { readBundle } = await import('../policy-artifact/read.ts');
      const { policies, environments, exceptions, sources } = (await readBundle(source.reference, source.verifying))
        .set;
      return [...policies, ...environments, ...exceptions, ...sources];
    }
  }
}

/** All of them or none: what cannot be read may be what refuses. */
export function documentsIn(files: readonly FolderFile[], named: PolicyChoice['named']): readonly PolicyDocument[] {
  const { documents, issues } = readPolicyFiles(files.map(({ path, bytes }) => ({ path: named(path), bytes })));
  const error = issues.find(({ severity }) => severity === 'error');
  if (error !== undefined) {
    throw documentError('POLICY_DOCUMENT_INVALID', error);
  }
  return documents;
}

function keyOf({ kind, name }: PolicyDocument): string {
  return `${kind} ${name}`;
}

/** The documents with more policies for one environment: a document of its own digest, since it decides otherwise. */
function withSelected(
  documents: readonly PolicyDocument[],
  environment: string,
  policies: readonly string[],
): readonly PolicyDocument[] {
  return documents.flatMap((document) => {
    if (document.kind !== 'Environment' || document.name !== environment) {
      return [document];
    }
    const known = new Set(document.policies.map(({ policy }) => policy));
    const more = policies.filter((policy) => !known.has(policy)).map((policy) => ({ policy }));
    if (more.length === 0) {
      return [document];
    }
    const data = JSON.parse(document.canonical) as { readonly policies?: readonly object[] };
    return parseDocuments(canonicalJson({ ...data, policies: [...(data.policies ?? []), ...more] }), document.file);
  });
}

function adHoc(policies: readonly string[]): PolicyDocument {
  const data = {
    apiVersion: 'plimsoll.dev/v1',
    kind: 'Environment',
    metadata: { name: AD_HOC },
    policies: policies.map((policy) => ({ policy })),
  };
  const [document] = parseDocuments(canonicalJson(data), '--policy');
  if (document === undefined) {
    throw new Error('an environment is a document');
  }
  return document;
}
