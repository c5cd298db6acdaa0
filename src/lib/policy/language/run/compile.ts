import type { Checked, Reference } from '../check/checked.ts';
import { CelError } from '../error.ts';
import type { Bind, Block, Call, Expression, Identifier, OptionalMap } from '../parse/ast.ts';
import { CelOptional } from '../value.ts';
import { type Builder, type Local, noSuchOverload, readLocal } from './builder.ts';
import { compileCall } from './calls.ts';
import { compileComprehension } from './comprehension.ts';
import { COST } from './cost.ts';
import type { Evaluate } from './frame.ts';
import { compileList, compileMap } from './literals.ts';
import { compileConditional, compileLogic } from './logic.ts';
import { compileOperator } from './operators.ts';
import { compileSelect } from './select.ts';

export interface CompiledExpression {
  readonly evaluate: Evaluate;
  readonly slots: number;
}

/** Called with each node outside of loops and what it was compiled to; gives what is to run instead. */
export type Watch = (node: Expression, evaluate: Evaluate) => Evaluate;

/** Turns an expression into closures. */
export function compileExpression(checked: Checked, watch: Watch | null): CompiledExpression {
  const compiler = new Compiler(checked, watch);
  const evaluate = compiler.compile(checked.ast.root);
  return { evaluate, slots: compiler.slots };
}

class Compiler implements Builder {
  readonly checked: Checked;
  readonly #watch: Watch | null;
  readonly #variables = new Map<string, number>();
  #locals: ReadonlyMap<number, Local> = new Map();
  #slots = 0;
  /** How many loops are around what is being compiled. */
  #loops = 0;

  constructor(checked: Checked, watch: Watch | null) {
    this.checked = checked;
    this.#watch = watch;
  }

  get slots(): number {
    return this.#slots;
  }

  compile(node: Expression): Evaluate {
    const loop = node.kind === 'comprehension';
    this.#loops += loop ? 1 : 0;
    const evaluate = compileNode(node, this);
    this.#loops -= loop ? 1 : 0;
    return this.#watch !== null && this.#loops === 0 ? this.#watch(node, evaluate) : evaluate;
  }

  referenceOf(node: Expression): Reference | undefined {
    return this.checked.references[node.id];
  }

  newSlot(): number {
    return this.#slots++;
  }

  variable(name: string): number {
    const slot = this.#variables.get(name) ?? this.newSlot();
    this.#variables.set(name, slot);
    return slot;
  }

  local(checkedSlot: number): Local {
    const local = this.#locals.get(checkedSlot);
    if (local === undefined) {
      throw new TypeError(`the checker knows no local variable ${checkedSlot}`);
    }
    return local;
  }

  within<T>(scope: Expression, locals: readonly Local[], compile: () => T): T {
    const reference = this.referenceOf(scope);
    if (reference?.kind !== 'scope') {
      throw new TypeError(`the checker gave no scope to a ${scope.kind}`);
    }
    const before = this.#locals;
    this.#locals = new Map([
      ...before,
      ...locals.map((local, index): [number, Local] => [reference.slot + index, local]),
    ]);
    const result = compile();
    this.#locals = before;
    return result;
  }
}

function compileNode(node: Expression, builder: Builder): Evaluate {
  switch (node.kind) {
    case 'constant': {
      const { value } = node;
      return () => value;
    }
    case 'identifier':
      return compileName(node, builder.referenceOf(node), builder);
    case 'select': {
      const reference = builder.referenceOf(node);
      return reference === undefined ? compileSelect(node, builder) : compileName(node, reference, builder);
    }
    case 'call':
      return compileAnyCall(node, builder);
    case 'list':
      return compileList(node, builder);
    case 'map':
      return compileMap(node, builder);
    case 'comprehension':
      return compileComprehension(node, builder);
    case 'bind':
      return compileBind(node, builder);
    case 'optional-map':
      return compileOptionalMap(node, builder);
    case 'block':
      return compileBlock(node, builder);
    case 'struct':
      return failing(new CelError(`unknown type: ${node.name}`, node.offset));
  }
}

function compileName(node: Expression, reference: Reference | undefined, builder: Builder): Evaluate {
  switch (reference?.kind) {
    case 'variable':
      return compileVariable(reference.name, builder.variable(reference.name));
    case 'constant': {
      const { value } = reference.declaration;
      return () => value;
    }
    case 'local': {
      const local = builder.local(reference.slot);
      return local.late === null ? compileVariable('', local.slot) : compileLate(local);
    }
    default:
      return failing(new CelError(`undeclared reference to '${nameOf(node, reference)}'`, node.offset));
  }
}

function nameOf(node: Expression, reference: Reference | undefined): string {
  return reference?.kind === 'unknown' ? reference.name : (node as Identifier).name;
}

/** One of the environment is looked up once; one of a loop is there. */
function compileVariable(name: string, slot: number): Evaluate {
  return (frame) => {
    frame.meter.charge(COST.identifier);
    const value = frame.slots[slot];
    return value === undefined ? frame.load(slot, name) : value;
  };
}

function compileLate(local: Local): Evaluate {
  return (frame) => {
    frame.meter.charge(COST.identifier);
    return readLocal(local, frame);
  };
}

function failing(error: CelError): Evaluate {
  return () => {
    throw new CelError(error.message, error.offset);
  };
}

function compileAnyCall(node: Call, builder: Builder): Evaluate {
  switch (node.name) {
    case '_&&_':
      return compileLogic(node.arguments, false, builder);
    case '_||_':
      return compileLogic(node.arguments, true, builder);
    case '_?_:_':
      return compileConditional(node.arguments, node.offset, builder);
    default:
      break;
  }
  const reference = builder.referenceOf(node);
  if (reference?.kind !== 'call') {
    return failing(new CelError(`unbound function: ${node.name}`, node.offset));
  }
  return compileOperator(node, reference, builder) ?? compileCall(node, reference, builder);
}

function compileBind(node: Bind, builder: Builder): Evaluate {
  const slot = builder.newSlot();
  const late = builder.compile(node.value);
  const body = builder.within(node, [{ slot, late }], () => builder.compile(node.body));
  return (frame) => {
    frame.slots[slot] = undefined;
    return body(frame);
  };
}

function compileBlock(node: Block, builder: Builder): Evaluate {
  const locals: Local[] = [];
  for (const value of node.values) {
    const late = builder.within(node, locals, () => builder.compile(value));
    locals.push({ slot: builder.newSlot(), late });
  }
  const body = builder.within(node, locals, () => builder.compile(node.body));
  return (frame) => {
    for (const { slot } of locals) {
      frame.slots[slot] = undefined;
    }
    return body(frame);
  };
}

function compileOptionalMap(node: OptionalMap, builder: Builder): Evaluate {
  const target = builder.compile(node.target);
  const slot = builder.newSlot();
  const body = builder.within(node, [{ slot, late: null }], () => builder.compile(node.body));
  return (frame) => {
    const value = target(frame);
    frame.meter.charge(COST.call);
    if (!(value instanceof CelOptional)) {
      throw noSuchOverload(node.offset);
    }
    if (value.value === undefined) {
      return CelOptional.none;
    }
    frame.slots[slot] = value.value;
    const result = body(frame);
    if (!node.flat) {
      return new CelOptional(result);
    }
    if (!(result instanceof CelOptional)) {
      throw noSuchOverload(node.offset);
    }
    return result;
  };
}
