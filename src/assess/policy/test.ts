import { dirname, resolve } from 'node:path';
import { parseStrictJson } from '#base/json/strict.ts';
import { LIMITS, readFileBounded } from '#base/limits.ts';
import {
  type CaseSources,
  PolicyError,
  type PolicyTestFile,
  type PolicyTestRun,
  policySet,
  runPolicyTests,
  shippedDocuments,
  shippedTests,
  withShipped,
} from '#lib/policy/index.ts';
import type { Facts } from '#model/facts.ts';
import { factsSchema } from '#model/facts-schema.ts';
import type { Report } from '#model/report.ts';
import { reportSchema } from '#model/report-schema.ts';
import { documentsIn } from './active.ts';
import { factsOf } from './facts.ts';
import { filesIn, readPolicyPaths } from './files.ts';

/**
 * Runs the cases (`*.test.yaml`) of a folder (absolute) over its documents and those that ship; the cases of what ships where none is named.
 * Rules of the folder's own policies are told as covered or not. Throws what cannot be read or used.
 */
export async function testPolicies(
  folder: string | null,
  { named }: { readonly named: (path: string) => string },
): Promise<PolicyTestRun> {
  const shipped = await shippedDocuments();
  if (folder === null) {
    return await runPolicyTests(policySet(shipped), await shippedTests(), { facts: readFacts, report: readReport });
  }
  const own = documentsIn(await readPolicyPaths([folder]), named);
  const tested = new Set(own.flatMap(({ kind, name }) => (kind === 'Policy' ? name : [])));
  const set = policySet(withShipped(own, shipped));
  const paths = await filesIn(folder, (name) => /\.test\.ya?ml$/.test(name));
  const beside = besideThem(paths, named);
  const { cases, coverage } = await runPolicyTests(set, await readTests(paths, named), beside);
  return { cases, coverage: coverage.filter(({ rule }) => tested.has(rule.slice(0, rule.indexOf('/')))) };
}

async function readTests(
  paths: readonly string[],
  named: (path: string) => string,
): Promise<readonly PolicyTestFile[]> {
  const files: PolicyTestFile[] = [];
  for (const path of paths) {
    const bytes = await readFileBounded(path, LIMITS.policyFileBytes);
    files.push({ path: named(path), text: Buffer.from(bytes).toString('utf8') });
  }
  return files;
}

/** Files that a case names are relative to its own. */
function besideThem(paths: readonly string[], named: (path: string) => string): CaseSources {
  const folders = new Map(paths.map((path) => [named(path), dirname(path)]));
  const absolute = (file: string, from: string): string => resolve(folders.get(from) ?? '', file);
  return {
    facts: async (file, from) => await readFacts(absolute(file, from)),
    report: async (file, from) => await readReport(absolute(file, from)),
  };
}

async function readFacts(path: string): Promise<Facts> {
  const facts: unknown = await readAs(path, factsSchema, 'facts of an image');
  return facts as Facts;
}

async function readReport(path: string): Promise<Facts> {
  const read: unknown = await readAs(path, reportSchema, 'a report of plimsoll scan -o json');
  const report = read as Report;
  if (report.hiddenFindings > 0) {
    throw new PolicyError('POLICY_DOCUMENT_INVALID', 'not a whole report', {
      object: path,
      expected: 'one that was written without --severity',
      found: `${report.hiddenFindings} findings that are left out`,
    });
  }
  return factsOf(report, []);
}

async function readAs(
  path: string,
  schema: typeof factsSchema | typeof reportSchema,
  expected: string,
): Promise<unknown> {
  const bytes = await readFileBounded(path, LIMITS.policyObjectBytes);
  const parsed = schema.safeParse(parseStrictJson(bytes, path));
  if (parsed.success) {
    return parsed.data;
  }
  const [issue] = parsed.error.issues;
  throw new PolicyError('POLICY_DOCUMENT_INVALID', 'not of its kind', {
    object: path,
    expected,
    found: issue === undefined ? 'something else' : `${issue.path.map(String).join(' > ')}: ${issue.message}`,
  });
}
