/** `policy test`: cases in YAML beside policies. `docs/guides/policy-tests.md` is the user's view of it. */
export {
  type CaseResult,
  type CaseSources,
  type PolicyTestFile,
  type PolicyTestRun,
  type RuleCoverage,
  runPolicyTests,
} from './run.ts';
