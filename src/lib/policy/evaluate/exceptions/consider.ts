import { compareText } from '#base/compare.ts';
import type { Facts, FindingFact, ImageFacts, PackageFact } from '#model/facts.ts';
import type { Environment, ExceptionScope, PolicyException } from '#model/policy.ts';
import type { IdleException } from '#model/verdict.ts';
import { matchesAny } from '../match.ts';
import { ByPackage } from './by-package.ts';

/** An exception for this environment and image, and what it is about there. */
export interface ConsideredException {
  readonly exception: PolicyException;
  readonly state: ExceptionState;
  /** `view`: its rules do not see what it takes. `rule`: its rules may be broken. */
  readonly kind: 'view' | 'rule';
  /** Counting findings and packages that it takes. */
  readonly findings: ReadonlySet<FindingFact>;
  readonly packages: ReadonlySet<PackageFact>;
  /** Variables that are other ones without what it takes. */
  readonly changes: readonly string[];
}

export type ExceptionState = 'in-force' | Exclude<IdleException['why'], 'unused'>;

/** Sorted by name. `facts` are those of `now`, milliseconds. */
export function considerExceptions(
  exceptions: readonly PolicyException[],
  environment: Environment,
  facts: Facts,
  now: number,
): readonly ConsideredException[] {
  const packages = new ByPackage(facts.packages, ({ purl }) => purl);
  const counting = facts.findings.filter(({ excepted }) => excepted === null);
  const findings = new ByPackage(counting, (finding) => finding.package.purl);
  const image = { facts, packages, findings, named: byNames(counting) };
  return exceptions
    .filter((one) => isBounded(one) && isFor(one.environments, environment.name) && coversImage(one.scope, facts.image))
    .map((exception) => ({ exception, state: stateOf(exception, environment, now), ...takenBy(exception, image) }))
    .filter(({ exception: { scope }, ...taken }) => {
      const byPackageAlone = scope.digests.length === 0 && scope.repositories.length === 0;
      return !byPackageAlone || scope.packages.length === 0 || taken.findings.size > 0 || taken.packages.size > 0;
    })
    .toSorted((a, b) => compareText(a.exception.name, b.exception.name));
}

/** Whether it names the rule, its policy, or none at all and so every rule. */
export function isForRule({ for: { rules } }: PolicyException, policy: string, rule: string): boolean {
  return rules.length === 0 || rules.includes(policy) || rules.includes(rule);
}

/** Documents without scope or target are refused when they are read; here they mean nothing, and not everything. */
function isBounded({ scope, for: target }: PolicyException): boolean {
  return (
    scope.digests.length + scope.repositories.length + scope.packages.length > 0 &&
    target.rules.length + target.findings.length > 0
  );
}

function isFor(names: readonly string[], name: string): boolean {
  return names.length === 0 || names.includes(name);
}

/** All that is said of digests and repositories holds; packages are looked for among those of the image. */
function coversImage({ digests, repositories }: ExceptionScope, { digest, index, repository }: ImageFacts): boolean {
  const ofImage = digests.length === 0 || digests.some((named) => named === digest || named === index);
  return ofImage && (repositories.length === 0 || matchesAny(repositories, repository));
}

/** An instant that is none is in the past. */
function stateOf({ requested, expires }: PolicyException, environment: Environment, now: number): ExceptionState {
  const [start, end] = [Date.parse(requested), Date.parse(expires)];
  if (!(now < end)) {
    return 'expired';
  }
  if (!(end - start <= environment.exceptions.maximumMs)) {
    return 'too-long';
  }
  return now < start ? 'not-yet' : 'in-force';
}

interface Takeable {
  readonly facts: Facts;
  readonly packages: ByPackage<PackageFact>;
  /** Those that count. */
  readonly findings: ByPackage<FindingFact>;
  /** The same by id and alias, in any number of exceptions. */
  readonly named: ReadonlyMap<string, readonly FindingFact[]>;
}

function byNames(findings: readonly FindingFact[]): ReadonlyMap<string, readonly FindingFact[]> {
  const named = new Map<string, FindingFact[]>();
  for (const finding of findings) {
    for (const name of new Set([finding.id, ...finding.aliases])) {
      const known = named.get(name) ?? [];
      known.push(finding);
      named.set(name, known);
    }
  }
  return named;
}

function takenBy(
  { scope, for: target }: PolicyException,
  { facts, packages, findings, named }: Takeable,
): Pick<ConsideredException, 'kind' | 'findings' | 'packages' | 'changes'> {
  const names = target.findings;
  if (scope.packages.length === 0 && names.length === 0) {
    return { kind: 'rule', findings: new Set(), packages: new Set(), changes: [] };
  }
  const inScope = scope.packages.length > 0 ? new Set(findings.of(scope.packages)) : null;
  const takenFindings =
    names.length === 0
      ? [...(inScope ?? [])]
      : names.flatMap((name) => named.get(name) ?? []).filter((finding) => inScope?.has(finding) !== false);
  // With findings, the package stays: only they are let pass.
  const takenPackages = names.length === 0 ? packages.of(scope.packages) : [];
  return {
    kind: 'view',
    findings: new Set(takenFindings),
    packages: new Set(takenPackages),
    changes: [
      ...(takenFindings.length > 0 ? ['findings', 'exceptedFindings'] : []),
      ...(takenPackages.length > 0 ? ['packages'] : []),
      ...(takenPackages.some(({ licenses }) => licenses.length > 0) ? ['licenses'] : []),
      ...(takenPackages.some(({ purl }) => facts.lifecycle.some((one) => one.package === purl)) ? ['lifecycle'] : []),
    ],
  };
}
