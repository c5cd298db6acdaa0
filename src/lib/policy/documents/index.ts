/** Documents of policy from YAML to the model. `docs/guides/policy.md` is the user's view of it. */
export { type FolderFile, isDocumentFile, type PolicyFolder, readPolicyFiles } from './folder.ts';
export { documentError, type PolicyDocument, parseDocuments } from './parse.ts';
export { expiredIssues, policySet, withShipped } from './set.ts';
