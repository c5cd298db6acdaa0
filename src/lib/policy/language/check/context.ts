import { nearest } from '#base/nearest.ts';
import type { CelIssue } from '../error.ts';
import type { Expression } from '../parse/ast.ts';
import type { Environment } from '../program.ts';
import type { CelType } from '../type.ts';
import type { Reference } from './checked.ts';
import { type Declarations, declarationsOf } from './declarations.ts';
import { Inference } from './inference.ts';
import { Scope } from './scope.ts';

/** More are not worth reading at once. */
const MAX_ISSUES = 20;

const ERROR: CelType = { kind: 'error' };

/** What the parts of the checker know and find out together, of one expression. */
export class CheckContext {
  readonly environment: Environment;
  readonly declarations: Declarations;
  readonly inference: Inference = new Inference();
  readonly scope: Scope = new Scope();
  readonly types: (CelType | undefined)[];
  readonly references: (Reference | undefined)[];
  readonly variables = new Set<string>();
  readonly issues: CelIssue[] = [];
  readsTime = false;

  constructor(environment: Environment, nodes: number) {
    this.environment = environment;
    this.declarations = declarationsOf(environment.libraries);
    this.types = Array.from({ length: nodes });
    this.references = Array.from({ length: nodes });
  }

  /** The type of what is wrong, which is good for everything, so that one fault is told once. */
  refuse(at: Expression, message: string): CelType {
    const said = this.issues.some((issue) => issue.offset === at.offset && issue.message === message);
    if (this.issues.length < MAX_ISSUES && !said) {
      this.issues.push({ offset: at.offset, length: at.length, message });
    }
    return ERROR;
  }

  /** `; did you mean 'x'?`, or nothing. Not looked for once there is enough to read. */
  hint(name: string, candidates: () => Iterable<string>): string {
    const meant = this.issues.length < MAX_ISSUES ? nearest(name, candidates()) : null;
    return meant === null ? '' : `; did you mean '${meant}'?`;
  }
}
