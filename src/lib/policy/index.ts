/** Policies over facts: documents, the language of their rules, and verdicts. */
export { checkPolicies } from './check/index.ts';
export type {
  CompiledEnvironment,
  CompiledSet,
  DocumentIssue,
} from './compile/compiled.ts';
export { compileSet } from './compile/index.ts';
export {
  documentError,
  type FolderFile,
  isDocumentFile,
  type PolicyDocument,
  parseDocuments,
  policySet,
  readPolicyFiles,
  withShipped,
} from './documents/index.ts';
export { PolicyError } from './error.ts';
export { evaluate, evaluateWithin } from './evaluate/evaluate.ts';
export {
  type ExplainedException,
  type ExplainedExpression,
  explainRule,
  type RuleExplanation,
} from './evaluate/explain.ts';
export { graceEnd } from './evaluate/grace.ts';
export { parseRecord, type Replay, recordOf, replay } from './evaluate/replay.ts';
export { BUDGET, type EvaluateRequest } from './evaluate/request.ts';
export { type ExceptionImport, type ImportedExceptions, importExceptions } from './exceptions/index.ts';
export { type DigestedParts, digestFacts } from './facts/manifest.ts';
export { classifyLicenses } from './licenses/classify.ts';
export { shippedDocuments, shippedSet, shippedTests } from './shipped/index.ts';
export {
  acceptsTag,
  sourceFor,
  type UpstreamImage,
  upstreamOf,
} from './sources/index.ts';
export { starterFiles } from './starter/index.ts';
export {
  type CaseResult,
  type CaseSources,
  type PolicyTestFile,
  type PolicyTestRun,
  type RuleCoverage,
  runPolicyTests,
} from './test/index.ts';
