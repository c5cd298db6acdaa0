import { shippedDocuments, withShipped } from '#lib/policy/index.ts';
import type { PolicySet } from '#model/policy.ts';
import { compiled, documentsIn } from '../policy/active.ts';
import { readPolicyPaths } from '../policy/files.ts';

/**
 * The set that a folder (absolute) makes with the policies that ship and that it selects; null for what ships as a whole. `named` says how
 * files are told. Throws what does not compile, `POLICY_DOCUMENT_INVALID`, `POLICY_SET_INVALID`, and what reading throws.
 */
export async function folderSet(path: string | null, named: (path: string) => string): Promise<PolicySet> {
  const shipped = await shippedDocuments();
  const documents = path === null ? shipped : documentsIn(await readPolicyPaths([path]), named);
  return compiled(withShipped(documents, shipped)).set;
}
