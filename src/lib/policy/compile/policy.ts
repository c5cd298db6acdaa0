import type { Expression, Policy, Validation } from '#model/policy.ts';
import { VARIABLE_TYPES } from '../facts/schema.ts';
import { CONTEXT_VARIABLE } from '../facts/variables.ts';
import { compile, type Environment, type Program } from '../language/index.ts';
import { LIBRARIES } from '../language/library/list.ts';
import { standard } from '../language/library/standard/index.ts';
import { type CelType, DYN, type MessageType, messageOf } from '../language/type.ts';
import type { CompiledExpression, DocumentIssue } from './compiled.ts';
import { expressionIssue } from './issue.ts';
import { parameterCelType } from './parameters.ts';
import { forwardReferences } from './references.ts';

/** The expressions of a policy, whatever an environment sets. Those with an error are left out. */
export interface PolicyPrograms {
  readonly policy: Policy;
  readonly conditions: readonly CompiledExpression[];
  readonly variables: readonly CompiledExpression[];
  readonly validations: readonly ValidationPrograms[];
  readonly issues: readonly DocumentIssue[];
}

export interface ValidationPrograms {
  readonly validation: Validation;
  readonly program: Program;
  readonly message: Program | null;
  readonly contextual: boolean;
}

type Path = readonly (string | number)[];

/** All that policies may call: one list, which the checker knows again. */
const FUNCTIONS = [standard, ...LIBRARIES];

/** Reads and checks every expression of a policy. */
export function compilePolicy(policy: Policy): PolicyPrograms {
  const compiler = new PolicyCompiler(policy);
  const variables = compiler.variables();
  const conditions = policy.match.conditions.flatMap(({ name, expression }, index) => {
    const program = compiler.compile(expression, ['match', 'conditions', index, 'expression'], 'bool');
    return program === null ? [] : [{ name, program }];
  });
  const contextual = conditions.some(({ program }) => compiler.isContextual(program));
  const validations = policy.validations.flatMap((validation, index) => {
    const program = compiler.compile(validation.expression, ['validations', index, 'expression'], 'bool');
    const { messageExpression } = validation;
    const path = ['validations', index, 'messageExpression'];
    const message = messageExpression === null ? null : compiler.compile(messageExpression, path, 'string');
    return program === null
      ? []
      : [{ validation, program, message, contextual: contextual || compiler.isContextual(program) }];
  });
  return { policy, conditions, variables, validations, issues: compiler.issues };
}

/** What the results of expressions are called in messages. */
const RESULTS = { bool: 'true or false', string: 'a text' } as const;

class PolicyCompiler {
  readonly issues: DocumentIssue[] = [];
  readonly #policy: Policy;
  readonly #names = new Map<string, CelType>(VARIABLE_TYPES);
  /** Variables of the policy that read the context, or one that does. */
  readonly #contextual = new Set<string>();
  readonly #members = { params: new Map<string, CelType>(), variables: new Map<string, CelType>() };

  constructor(policy: Policy) {
    this.#policy = policy;
    for (const [name, parameter] of Object.entries(policy.parameters)) {
      this.#declare('params', name, parameterCelType(parameter));
    }
    this.#show();
  }

  /** Each sees those before it. What reads itself or what stands behind it is an error of its own. */
  variables(): readonly CompiledExpression[] {
    const { variables } = this.#policy;
    const forward = new Map(forwardReferences(variables).map((reference) => [reference.index, reference]));
    return variables.flatMap(({ name, expression }, index) => {
      const path = ['variables', index, 'expression'];
      const reference = forward.get(index);
      const program = reference === undefined ? this.compile(expression, path, null) : null;
      if (reference !== undefined) {
        const { cycle, offset } = reference;
        this.issues.push(
          expressionIssue(
            this.#policy,
            path,
            { expression, offset },
            {
              severity: 'error',
              code: cycle === null ? 'later-variable' : 'cyclic-variables',
              message:
                cycle === null
                  ? `expected variables that stand before this one, found variables.${reference.name}, which stands behind it`
                  : `expected variables that do not need each other, found ${cycle.join(' -> ')}`,
            },
          ),
        );
      }
      if (program !== null && this.isContextual(program)) {
        this.#contextual.add(`variables.${name}`);
      }
      // What is wrong with it has been said: nothing more comes of it.
      this.#declare('variables', name, program?.type ?? DYN);
      this.#show();
      return program === null ? [] : [{ name, program }];
    });
  }

  /** Null for an expression with an error, which is then among the issues. `result` null for any. */
  compile(expression: Expression, path: Path, result: keyof typeof RESULTS | null): Program | null {
    const error = (offset: number, message: string): null => {
      const what = { severity: 'error', code: 'expression', message } as const;
      this.issues.push(expressionIssue(this.#policy, path, { expression, offset }, what));
      return null;
    };
    const environment: Environment = { variables: this.#names, libraries: FUNCTIONS, container: '', checked: true };
    const compiled = compile(expression.text, environment);
    if (!compiled.ok) {
      for (const { offset, message } of compiled.issues) {
        error(offset, message);
      }
      return null;
    }
    const { program } = compiled;
    const whole = ['params', 'variables'].find((name) => program.variables.has(name));
    if (whole !== undefined) {
      return error(0, `expected ${whole}.NAME, found ${whole} as a whole`);
    }
    if (result !== null && program.type.kind !== result && program.type.kind !== 'dyn') {
      return error(0, `expected an expression that gives ${RESULTS[result]}, found one of type ${program.type.kind}`);
    }
    return program;
  }

  isContextual({ readsTime, variables }: Program): boolean {
    return readsTime || variables.has(CONTEXT_VARIABLE) || [...variables].some((name) => this.#contextual.has(name));
  }

  #declare(owner: 'params' | 'variables', name: string, type: CelType): void {
    this.#members[owner].set(name, type);
    this.#names.set(`${owner}.${name}`, type);
  }

  /** `params` and `variables` as objects: a name that is none of theirs is told with those that are. */
  #show(): void {
    for (const [owner, members] of Object.entries(this.#members)) {
      const fields = [...members].map(([name, type]) => ({
        name,
        type,
        nullable: false,
        description: '',
        read: (raw: Readonly<Record<string, unknown>>) => raw[name],
      }));
      const message: MessageType = { name: owner, fields: new Map(fields.map((field) => [field.name, field])) };
      this.#names.set(owner, messageOf(message));
    }
  }
}
