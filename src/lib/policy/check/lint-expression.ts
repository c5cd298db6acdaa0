import { quote } from '#base/error.ts';
import type { Policy } from '#model/policy.ts';
import type { DocumentIssue } from '../compile/compiled.ts';
import { expressionIssue } from '../compile/issue.ts';
import { children } from '../compile/walk.ts';
import { SCHEMA_VARIABLES } from '../facts/schema.ts';
import { CelError } from '../language/error.ts';
import { createMeter, type Program } from '../language/index.ts';
import { matchesPart } from '../language/library/regex-door.ts';
import type { Comprehension, Expression } from '../language/parse/ast.ts';
import { parse } from '../language/parse/parse.ts';
import type { PlacedExpression } from './expressions.ts';
import { truthOf } from './truth.ts';

/** Lists that are as long as an image is large. */
const LONG: ReadonlySet<string> = new Set(['packages', 'findings', 'exceptedFindings']);
/** How many comprehensions over them may be inside each other: three over 10,000 packages use up every budget. */
const MAX_NESTED = 2;
/** Units for expressions without variables, and for patterns. */
const TRIAL = 100_000;

/** Whether a variable of the policy is made of long lists. */
export type IsLong = (variable: string) => boolean;

/** What is wrong or unwise in one expression, besides its types. */
export function lintExpression(
  policy: Policy,
  placed: PlacedExpression,
  program: Program | null,
  isLong: IsLong,
): readonly DocumentIssue[] {
  const { expression, path, role } = placed;
  const parsed = parse(expression.text);
  if (!parsed.ok) {
    return [];
  }
  const issues: DocumentIssue[] = [];
  const report = (offset: number, severity: DocumentIssue['severity'], code: string, message: string): void => {
    issues.push(expressionIssue(policy, path, { expression, offset }, { severity, code, message }));
  };
  const truth = role === 'rule' || role === 'condition' ? (constantTruth(program) ?? truthOf(parsed.ast.root)) : null;
  if (truth !== null) {
    report(0, 'warning', truth ? 'always-true' : 'never-true', meaningOf(role, truth));
  }
  let tooDeep = false;
  const pending: { readonly node: Expression; readonly nested: number }[] = [{ node: parsed.ast.root, nested: 0 }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, nested } = next;
    const fault = patternFault(node);
    if (fault !== null) {
      report(fault.offset, 'error', 'regular-expression', fault.message);
    }
    for (const { name, offset } of hidingNames(node)) {
      report(
        offset,
        'warning',
        'shadowed',
        `expected another name for it, found ${quote(name)}, which hides what is called so`,
      );
    }
    const long = node.kind === 'comprehension' && overLong(node.range, isLong);
    if (long && nested >= MAX_NESTED && !tooDeep) {
      tooDeep = true;
      const message = `expected at most ${MAX_NESTED} of them over packages or findings inside each other, found more: their cost is the product`;
      report(node.offset, 'warning', 'cost', message);
    }
    const inside = nested + (long ? 1 : 0);
    for (const child of children(node)) {
      const isRange = node.kind === 'comprehension' && child === node.range;
      pending.push({ node: child, nested: isRange ? nested : inside });
    }
  }
  return issues;
}

function meaningOf(role: PlacedExpression['role'], truth: boolean): string {
  if (role === 'condition') {
    return truth ? 'the condition is always true' : 'the condition is never true: the policy speaks of no image';
  }
  return truth ? 'the rule is always true: no image can break it' : 'the rule is never true: every image breaks it';
}

/** Of an expression that looks at nothing. */
function constantTruth(program: Program | null): boolean | null {
  if (program === null || program.variables.size > 0 || program.readsTime) {
    return null;
  }
  try {
    const value = program.evaluate(() => null, createMeter(TRIAL, 0n));
    return typeof value === 'boolean' ? value : null;
  } catch {
    return null;
  }
}

/** Which argument of a function is a regular expression, behind its target where it has one. */
const PATTERN_ARGUMENTS: ReadonlyMap<string, { readonly member: number | null; readonly global: number | null }> =
  new Map([
    ['matches', { member: 0, global: 1 }],
    ['find', { member: 0, global: null }],
    ['findAll', { member: 0, global: null }],
    ['regex.replace', { member: null, global: 1 }],
    ['regex.extract', { member: null, global: 1 }],
    ['regex.extractAll', { member: null, global: 1 }],
  ]);

/** What is wrong with a regular expression that is written out. */
function patternFault(node: Expression): { readonly offset: number; readonly message: string } | null {
  if (node.kind !== 'call') {
    return null;
  }
  const library = node.target?.kind === 'identifier' ? `${node.target.name}.${node.name}` : '';
  const ofLibrary = PATTERN_ARGUMENTS.get(library)?.global ?? null;
  const own = PATTERN_ARGUMENTS.get(node.name);
  const index = ofLibrary ?? (node.target === null ? own?.global : own?.member) ?? null;
  const pattern = index === null ? undefined : node.arguments[index];
  if (pattern?.kind !== 'constant' || typeof pattern.value !== 'string') {
    return null;
  }
  try {
    matchesPart('', pattern.value, createMeter(TRIAL, 0n));
    return null;
  } catch (error) {
    return error instanceof CelError ? { offset: pattern.offset, message: error.message } : null;
  }
}

/** Names that a macro gives to elements and that something else has. */
function hidingNames(node: Expression): readonly { readonly name: string; readonly offset: number }[] {
  const names = boundNames(node).filter(
    (name) => SCHEMA_VARIABLES.has(name) || name === 'params' || name === 'variables',
  );
  return names.map((name) => ({ name, offset: node.offset }));
}

function boundNames(node: Expression): readonly string[] {
  switch (node.kind) {
    case 'comprehension':
      return node.variables;
    case 'bind':
    case 'optional-map':
      return [node.variable];
    default:
      return [];
  }
}

/** Whether a range is one of the long lists, or made of one. */
function overLong(range: Comprehension['range'], isLong: IsLong): boolean {
  const pending: Expression[] = [range];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.kind === 'identifier' && LONG.has(node.name)) {
      return true;
    }
    if (node.kind === 'select' && node.operand.kind === 'identifier' && node.operand.name === 'variables') {
      if (isLong(node.field)) {
        return true;
      }
      continue;
    }
    pending.push(...children(node));
  }
  return false;
}

/** By the programs of the variables of a policy, in their order. */
export function longVariables(variables: readonly { readonly name: string; readonly program: Program }[]): IsLong {
  const long = new Set<string>();
  for (const { name, program } of variables) {
    const list = program.type.kind === 'list' || program.type.kind === 'map' || program.type.kind === 'dyn';
    const reads = [...program.variables].some(
      (read) => LONG.has(read) || (read.startsWith('variables.') && long.has(read.slice('variables.'.length))),
    );
    if (list && reads) {
      long.add(name);
    }
  }
  return (name) => long.has(name);
}
