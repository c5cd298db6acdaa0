import type { Checked } from '../check/checked.ts';
import { CelBudgetError, CelError } from '../error.ts';
import type { Meter } from '../meter.ts';
import type { Expression } from '../parse/ast.ts';
import type { Program, SeenExpression, Watched } from '../program.ts';
import type { CelType } from '../type.ts';
import { CelMessage, type CelValue } from '../value.ts';
import { type CompiledExpression, compileExpression, type Watch } from './compile.ts';
import { type Evaluate, Frame } from './frame.ts';
import { showValue } from './show.ts';

export function programOf(checked: Checked): Program {
  return new CheckedProgram(checked);
}

class CheckedProgram implements Program {
  readonly text: string;
  readonly type: CelType;
  readonly variables: ReadonlySet<string>;
  readonly readsTime: boolean;
  readonly depth: number;
  readonly #checked: Checked;
  readonly #compiled: CompiledExpression;

  constructor(checked: Checked) {
    this.text = checked.ast.text;
    this.type = checked.type;
    this.variables = checked.variables;
    this.readsTime = checked.readsTime;
    this.depth = checked.depth;
    this.#checked = checked;
    this.#compiled = compileExpression(checked, null);
  }

  evaluate(lookUp: (variable: string) => CelValue, meter: Meter): CelValue {
    const { evaluate, slots } = this.#compiled;
    return evaluate(new Frame(slots, lookUp, meter));
  }

  watch(lookUp: (variable: string) => CelValue, meter: Meter, maxChars: number): Watched {
    const seen = new Map<number, SeenExpression>();
    const { evaluate, slots } = compileExpression(this.#checked, watcher(this.text, maxChars, seen));
    const outcome = outcomeOf(evaluate, new Frame(slots, lookUp, meter));
    return { outcome, seen: [...seen.values()].toSorted((a, b) => a.offset - b.offset || a.length - b.length) };
  }
}

function outcomeOf(evaluate: Evaluate, frame: Frame): Watched['outcome'] {
  try {
    return { value: evaluate(frame) };
  } catch (error) {
    return { error: messageOfFailure(error) };
  }
}

function messageOfFailure(error: unknown): string {
  if (error instanceof CelError || error instanceof CelBudgetError) {
    return error.message;
  }
  throw error;
}

function watcher(text: string, maxChars: number, seen: Map<number, SeenExpression>): Watch {
  return (node, evaluate) => {
    if (!isWorthShowing(node)) {
      return evaluate;
    }
    const { id, offset, length } = node;
    const see = (value: string): void => {
      seen.set(id, { offset, length, text: text.slice(offset, offset + length), value: shorten(value, maxChars) });
    };
    return (frame) => {
      try {
        const value = evaluate(frame);
        // An object shows by those of its fields that are read.
        if (!(value instanceof CelMessage)) {
          see(showValue(value, maxChars));
        }
        return value;
      } catch (error) {
        see(`error: ${messageOfFailure(error)}`);
        throw error;
      }
    };
  };
}

function shorten(text: string, maxChars: number): string {
  return text.length > maxChars ? `${text.slice(0, Math.max(0, maxChars - 1))}…` : text;
}

const CONNECTIVES: ReadonlySet<string> = new Set(['_&&_', '_||_', '_?_:_', '!_']);

function isWorthShowing(node: Expression): boolean {
  switch (node.kind) {
    case 'identifier':
    case 'select':
    case 'comprehension':
    case 'optional-map':
      return true;
    case 'call':
      return !CONNECTIVES.has(node.name);
    default:
      return false;
  }
}
