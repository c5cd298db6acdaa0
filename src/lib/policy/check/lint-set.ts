import { quote } from '#base/error.ts';
import { nearest } from '#base/nearest.ts';
import type { Environment, Policy, PolicyException, PolicySet } from '#model/policy.ts';
import type { CompiledEnvironment, CompiledPolicy, CompiledValidation, DocumentIssue } from '../compile/compiled.ts';
import type { CompiledParts } from '../compile/index.ts';
import { expressionIssue, memberIssue } from '../compile/issue.ts';
import { parse } from '../language/parse/parse.ts';
import { normalForm, opposite } from './truth.ts';

/** What is wrong or unwise between documents: rules of an environment against each other, what nothing selects, exceptions of what is not there. */
export function lintSet(
  set: PolicySet,
  { environments }: CompiledParts,
  shipped: ReadonlySet<unknown>,
): readonly DocumentIssue[] {
  return [
    ...[...environments.values()].flatMap(rulesAgainstEachOther),
    ...[...environments.values()].flatMap(emptySelections),
    ...unselected(set)
      .filter(({ policy }) => !shipped.has(policy))
      .map(({ issue }) => issue),
    ...set.exceptions.flatMap((exception) => lintException(exception, set)),
  ];
}

interface Rule {
  readonly policy: CompiledPolicy;
  readonly rule: CompiledValidation;
}

/** Rules that say the same, and deny rules that no image can keep both of. */
function rulesAgainstEachOther({ environment, policies }: CompiledEnvironment): readonly DocumentIssue[] {
  const issues: DocumentIssue[] = [];
  const before = new Map<string, Rule>();
  for (const policy of policies) {
    for (const rule of policy.validations) {
      const parsed = parse(rule.program.text);
      if (!parsed.ok) {
        continue;
      }
      // Parameters and variables mean something else in another policy.
      const own = [...rule.program.variables].some((name) => /^(?:params|variables)\./.test(name));
      const scope = own ? `${policy.policy.name}\n` : '\n';
      const same = before.get(scope + normalForm(parsed.ast.root));
      const contrary = before.get(scope + opposite(parsed.ast.root));
      if (same !== undefined && meet({ policy, rule }, same)) {
        const message = `says the same as ${same.rule.rule} in the environment ${environment.name}`;
        issues.push(ruleIssue({ policy, rule }, 'shadowed', message));
      }
      if (
        contrary !== undefined &&
        rule.action === 'deny' &&
        contrary.rule.action === 'deny' &&
        meet({ policy, rule }, contrary)
      ) {
        const message = `says the opposite of ${contrary.rule.rule}: in the environment ${environment.name} every image that both are asked of breaks one of them`;
        issues.push(ruleIssue({ policy, rule }, 'contradictory', message));
      }
      before.set(scope + normalForm(parsed.ast.root), { policy, rule });
    }
  }
  return issues;
}

function ruleIssue({ policy: { policy }, rule: { validation } }: Rule, code: string, message: string): DocumentIssue {
  const path = ['validations', policy.validations.indexOf(validation), 'expression'];
  return expressionIssue(
    policy,
    path,
    { expression: validation.expression, offset: 0 },
    { severity: 'warning', code, message },
  );
}

/** Whether what one is asked of the other is asked of too: in a stage that both have, and where neither chooses its images otherwise. */
function meet(one: Rule, other: Rule): boolean {
  const [first = [], second = []] = [one, other].map(({ policy: { policy }, rule: { validation } }) =>
    [policy.match.stages, validation.stages].filter((stages) => stages.length > 0),
  );
  const choices = [one, other].map(({ policy: { policy } }) => imagesOf(policy));
  return (
    (choices[0] === choices[1] || choices.includes(ALL_IMAGES)) &&
    first.every((stages) => second.every((others) => stages.some((stage) => others.includes(stage))))
  );
}

/** How a policy chooses its images, as text. */
function imagesOf({ match: { repositories, excludeRepositories, platforms, conditions } }: Policy): string {
  const texts = conditions.map(({ expression }) => expression.text);
  return JSON.stringify([repositories, excludeRepositories, platforms, texts]);
}

const ALL_IMAGES = JSON.stringify([[], [], [], []]);

/** Selections that leave all rules of a policy out. */
function emptySelections({ environment, policies }: CompiledEnvironment): readonly DocumentIssue[] {
  return policies.flatMap(({ policy, validations }) =>
    validations.length === 0 &&
    policy.validations.every(({ name }) => withoutOf(environment, policy.name).includes(name))
      ? [
          memberIssue(environment, ['policies', indexOf(environment, policy.name), 'without'], {
            severity: 'warning',
            code: 'unused-policy',
            message: `expected some rules of ${policy.name} to be left, found all of them left out`,
          }),
        ]
      : [],
  );
}

function indexOf({ policies }: Environment, name: string): number {
  return policies.findIndex(({ policy }) => policy === name);
}

function withoutOf(environment: Environment, name: string): readonly string[] {
  return environment.policies[indexOf(environment, name)]?.without ?? [];
}

/** Policies that no environment selects, where there are environments: a folder of policies alone is for others to select. */
function unselected({
  policies,
  environments,
}: PolicySet): readonly { readonly policy: Policy; readonly issue: DocumentIssue }[] {
  const selected = new Set(environments.flatMap((environment) => environment.policies.map(({ policy }) => policy)));
  return environments.length === 0
    ? []
    : policies
        .filter(({ name }) => !selected.has(name))
        .map((policy) => ({
          policy,
          issue: memberIssue(policy, ['metadata', 'name'], {
            severity: 'warning',
            code: 'unused-policy',
            message: `no environment selects the policy ${policy.name}`,
          }),
        }));
}

function lintException(exception: PolicyException, { policies, environments }: PolicySet): readonly DocumentIssue[] {
  const warn = (path: readonly (string | number)[], code: string, message: string): DocumentIssue =>
    memberIssue(exception, path, { severity: 'warning', code, message });
  const rules = new Set(
    policies.flatMap(({ name, validations }) => [name, ...validations.map((rule) => `${name}/${rule.name}`)]),
  );
  const names = new Set(environments.map(({ name }) => name));
  const concerned = environments.filter(
    ({ name }) => exception.environments.length === 0 || exception.environments.includes(name),
  );
  const length = Date.parse(exception.expires) - Date.parse(exception.requested);
  const short = concerned.find(({ exceptions }) => exceptions.maximumMs < length);
  return [
    ...exception.for.rules.flatMap((rule, index) =>
      rules.has(rule)
        ? []
        : [
            warn(
              ['for', 'rules', index],
              'unknown-rule',
              `expected a rule or policy that there is, found ${quote(rule)}${hint(rule, rules)}`,
            ),
          ],
    ),
    ...exception.environments.flatMap((name, index) =>
      names.has(name) || environments.length === 0
        ? []
        : [
            warn(
              ['environments', index],
              'unknown-environment',
              `expected an environment that there is, found ${quote(name)}${hint(name, names)}`,
            ),
          ],
    ),
    ...(short === undefined
      ? []
      : [
          warn(
            ['expires'],
            'too-long',
            `expected at most ${days(short.exceptions.maximumMs)} from requested to expires, which is what the environment ${short.name} allows, found ${days(length)}: it does not count there`,
          ),
        ]),
  ];
}

function hint(name: string, known: Iterable<string>): string {
  const meant = nearest(name, known);
  return meant === null ? '' : `; did you mean ${quote(meant)}?`;
}

function days(milliseconds: number): string {
  return `${Math.ceil(milliseconds / 86_400_000)} days`;
}
