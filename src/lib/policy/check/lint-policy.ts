import { quote } from '#base/error.ts';
import type { Policy, Stage } from '#model/policy.ts';
import { STAGES } from '#model/policy.ts';
import type { DocumentIssue } from '../compile/compiled.ts';
import { memberIssue } from '../compile/issue.ts';
import type { PolicyPrograms } from '../compile/policy.ts';
import { SCHEMA_VARIABLES } from '../facts/schema.ts';
import type { Program } from '../language/index.ts';
import { expressionsOf } from './expressions.ts';
import { lintExpression, longVariables } from './lint-expression.ts';

/** What is wrong or unwise in one policy, whatever selects it. */
export function lintPolicy(programs: PolicyPrograms): readonly DocumentIssue[] {
  const { policy } = programs;
  const warn = (path: readonly (string | number)[], code: string, message: string): DocumentIssue =>
    memberIssue(policy, path, { severity: 'warning', code, message });
  const programOf = new Map<unknown, Program>();
  for (const { validation, program, message } of programs.validations) {
    programOf.set(validation.expression, program);
    if (message !== null) {
      programOf.set(validation.messageExpression, message);
    }
  }
  for (const [index, { expression }] of policy.match.conditions.entries()) {
    const program = programs.conditions.find(({ name }) => name === policy.match.conditions[index]?.name)?.program;
    if (program !== undefined) {
      programOf.set(expression, program);
    }
  }
  const isLong = longVariables(programs.variables);
  // With an error in it, more than it says may be unused.
  const whole = programs.issues.length === 0;
  return [
    ...expressionsOf(policy).flatMap((placed) =>
      lintExpression(policy, placed, programOf.get(placed.expression) ?? null, isLong),
    ),
    ...neverAsked(policy, warn),
    ...(whole ? unused(programs, warn) : []),
    ...sameNames(policy, warn),
  ];
}

type Warn = (path: readonly (string | number)[], code: string, message: string) => DocumentIssue;

/** Rules and policies that no image and no stage can be asked with. */
function neverAsked({ match, validations }: Policy, warn: Warn): readonly DocumentIssue[] {
  const stages: readonly Stage[] = match.stages.length === 0 ? STAGES : match.stages;
  const ofRules = validations.flatMap((validation, index) =>
    validation.stages.length > 0 && !validation.stages.some((stage) => stages.includes(stage))
      ? [
          warn(
            ['validations', index, 'stages'],
            'never-asked',
            `expected a stage that the policy speaks of (${stages.join(', ')}), found ${validation.stages.join(', ')}: the rule is never asked`,
          ),
        ]
      : [],
  );
  const left = match.repositories.filter((pattern) => !match.excludeRepositories.includes(pattern));
  const none =
    match.repositories.length > 0 &&
    (left.length === 0 || match.excludeRepositories.includes('**')) &&
    left.every((text) => text !== 'local');
  return none
    ? [
        ...ofRules,
        warn(
          ['match', 'excludeRepositories'],
          'never-asked',
          'expected patterns that leave some of match > repositories, found ones that take all: the policy speaks of no image',
        ),
      ]
    : ofRules;
}

/** Parameters and variables that nothing reads. */
function unused({ policy, conditions, variables, validations }: PolicyPrograms, warn: Warn): readonly DocumentIssue[] {
  const read = new Set(
    [
      ...conditions.map(({ program }) => program),
      ...variables.map(({ program }) => program),
      ...validations.flatMap(({ program, message }) => (message === null ? [program] : [program, message])),
    ].flatMap((program) => [...program.variables]),
  );
  return [
    ...Object.keys(policy.parameters).flatMap((name) =>
      read.has(`params.${name}`)
        ? []
        : [warn(['parameters', name], 'unused-parameter', `no expression reads params.${name}`)],
    ),
    ...policy.variables.flatMap(({ name }, index) =>
      read.has(`variables.${name}`)
        ? []
        : [warn(['variables', index, 'name'], 'unused-variable', `no expression reads variables.${name}`)],
    ),
  ];
}

/** A variable with the name of another thing is taken for it. */
function sameNames({ parameters, variables }: Policy, warn: Warn): readonly DocumentIssue[] {
  return variables.flatMap(({ name }, index) => {
    const other = Object.hasOwn(parameters, name) ? `params.${name}` : SCHEMA_VARIABLES.has(name) ? name : null;
    return other === null
      ? []
      : [
          warn(
            ['variables', index, 'name'],
            'shadowed',
            `expected a name that nothing else has, found ${quote(name)}: variables.${name} is easily taken for ${other}`,
          ),
        ];
  });
}
