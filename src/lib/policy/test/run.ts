import { compareText } from '#base/compare.ts';
import type { Facts } from '#model/facts.ts';
import type { PolicySet } from '#model/policy.ts';
import { differences, expectedRules, type NamedRule } from './compare.ts';
import { parsePolicyTest } from './parse.ts';
import { CaseRunner } from './run-case.ts';
import type { CaseEntry } from './schema.ts';

/** One `*.test.yaml` of a folder of policies. */
export interface PolicyTestFile {
  /** As it is to be told. */
  readonly path: string;
  readonly text: string;
}

/** Reads the files that a case names, by what it says and the path of its own file. */
export interface CaseSources {
  /** Facts as JSON. */
  facts(path: string, from: string): Promise<Facts>;
  /** Of a report that `scan -o json` wrote. */
  report(path: string, from: string): Promise<Facts>;
}

export interface PolicyTestRun {
  readonly cases: readonly CaseResult[];
  /** Of every rule of the policies that there are, sorted. */
  readonly coverage: readonly RuleCoverage[];
}

export interface CaseResult {
  readonly file: string;
  readonly line: number;
  readonly name: string;
  /** Sentence parts, each with what was expected and what was found; none for a case that passed. */
  readonly failures: readonly string[];
}

/** A case covers the rules that it names, where it comes out as it says. */
export interface RuleCoverage {
  /** `POLICY/RULE`. */
  readonly rule: string;
  /** Cases in which it passed, and in which it failed. */
  readonly passing: number;
  readonly failing: number;
}

/**
 * Evaluates the cases of these files with the policies of a set. Throws `POLICY_DOCUMENT_INVALID` for a file that is none of cases, what
 * reading a document of a case throws, and what `sources` throw.
 */
export async function runPolicyTests(
  set: PolicySet,
  files: readonly PolicyTestFile[],
  sources: CaseSources,
): Promise<PolicyTestRun> {
  const covered: NamedRule[] = [];
  const cases: CaseResult[] = [];
  for (const { path, text } of files) {
    const { document, lineOf } = parsePolicyTest(text, path);
    const runner = new CaseRunner(set, path, document);
    for (const [index, entry] of document.cases.entries()) {
      const verdict = runner.run(entry, await factsOfFile(entry, path, sources));
      const rules = expectedRules(entry.expect, document.policy ?? null);
      const failures = differences(entry.expect.decision, rules, verdict);
      cases.push({ file: path, line: lineOf(index), name: entry.name, failures });
      covered.push(...(failures.length === 0 ? rules : []));
    }
  }
  return { cases, coverage: coverageOf(set, covered) };
}

async function factsOfFile(
  { report, factsFile }: CaseEntry,
  path: string,
  sources: CaseSources,
): Promise<Facts | null> {
  if (report !== undefined) {
    return await sources.report(report, path);
  }
  return factsFile === undefined ? null : await sources.facts(factsFile, path);
}

function coverageOf({ policies }: PolicySet, covered: readonly NamedRule[]): readonly RuleCoverage[] {
  const byRule = Map.groupBy(covered, ({ rule }) => rule);
  const count = (rule: string, outcome: NamedRule['outcome']): number =>
    (byRule.get(rule) ?? []).filter((one) => one.outcome === outcome).length;
  return policies
    .flatMap(({ name, validations }) => validations.map((validation) => `${name}/${validation.name}`))
    .toSorted(compareText)
    .map((rule) => ({ rule, passing: count(rule, 'passed'), failing: count(rule, 'failed') }));
}
