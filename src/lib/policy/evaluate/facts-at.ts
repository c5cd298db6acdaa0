import { compareText } from '#base/compare.ts';
import { canonicalJson } from '#base/json/canonical.ts';
import type { Facts, FindingFact, PackageFact } from '#model/facts.ts';

/**
 * Facts as they are at an instant (milliseconds): what a VEX document excepted until then counts again. Packages and findings are in their order
 * whoever made the facts, since expressions see it.
 */
export function factsAt(facts: Facts, now: number): Facts {
  const findings = facts.findings.map((finding) => (isExcepted(finding, now) ? finding : counting(finding)));
  return { ...facts, packages: inOrder(facts.packages, comparePackages), findings: inOrder(findings, compareFindings) };
}

/** A document's instant that is none never excepts. */
function isExcepted({ excepted }: FindingFact, now: number): boolean {
  return excepted !== null && (excepted.expires === null || now < Date.parse(excepted.expires));
}

function counting(finding: FindingFact): FindingFact {
  return finding.excepted === null ? finding : { ...finding, excepted: null };
}

/** Facts come in their order: then nothing is moved. */
function inOrder<T>(items: readonly T[], compare: (a: T, b: T) => number): readonly T[] {
  const ordered = items.every((item, index) => index === 0 || compare(items[index - 1] ?? item, item) <= 0);
  return ordered ? items : items.toSorted(compare);
}

function comparePackages(a: PackageFact, b: PackageFact): number {
  return compareText(a.purl, b.purl) || comparePaths(a, b) || compareWhole(a, b);
}

function compareFindings(a: FindingFact, b: FindingFact): number {
  return (
    compareText(a.kind, b.kind) ||
    compareText(a.id, b.id) ||
    compareText(a.package.purl, b.package.purl) ||
    comparePaths(a, b) ||
    compareWhole(a, b)
  );
}

/** Tells apart nearly all that have the same name, at little cost. */
function comparePaths({ paths: [a = ''] }: Located, { paths: [b = ''] }: Located): number {
  return compareText(a, b);
}

interface Located {
  readonly paths: readonly string[];
}

function compareWhole(a: object, b: object): number {
  return compareText(canonicalJson(a), canonicalJson(b));
}
