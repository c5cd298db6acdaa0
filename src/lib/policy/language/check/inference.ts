import { type CelType, DYN, parameterOf } from '../type.ts';
import { isNullable, nullableOf, withoutNull } from './nullable.ts';

/** Types inside each other past which nothing more is told apart. */
const MAX_DEPTH = 32;
/** Steps of one expression: more than any of its size needs, and soon over. */
const MAX_STEPS = 2_000_000;

/** The types of an expression cannot be found in the steps that it may take. */
export class TooManySteps extends Error {}

/**
 * What type parameters stand for, and whether a value of one type may be where another is expected: gradual typing as the
 * language definition describes it, and as cel-go decides where that leaves a choice.
 */
export class Inference {
  readonly #bindings = new Map<string, CelType>();
  /** What was bound before, so that a failed attempt leaves nothing behind. */
  readonly #trail: { readonly name: string; readonly before: CelType | undefined }[] = [];
  #fresh = 0;
  #steps = 0;

  /** A type that is not known yet. */
  fresh(): CelType {
    this.#fresh += 1;
    return parameterOf(`@${this.#fresh}`);
  }

  /** A declared type with its parameters replaced by unknown types, the same for the same name in `names`. */
  instantiate(type: CelType, names: Map<string, CelType>): CelType {
    return rebuild(type, (part) => {
      if (part.kind !== 'parameter') {
        return null;
      }
      const known = names.get(part.name) ?? this.fresh();
      names.set(part.name, known);
      return known;
    });
  }

  /** Whether all `from` may be where all `to` are expected; if so, what that tells of parameters is kept. */
  assignable(from: readonly CelType[], to: readonly CelType[]): boolean {
    const mark = this.#trail.length;
    if (from.every((type, index) => this.#assign(type, to[index] ?? DYN))) {
      return true;
    }
    for (const { name, before } of this.#trail.splice(mark).reverse()) {
      if (before === undefined) {
        this.#bindings.delete(name);
      } else {
        this.#bindings.set(name, before);
      }
    }
    return false;
  }

  /** The type of elements of both types: the more general of the two, `dyn` where neither is. */
  join(left: CelType, right: CelType): CelType {
    return this.assignable([left], [right]) ? this.#general(left, right) : DYN;
  }

  /** The type that a parameter stands for, by what is known so far. */
  known(type: CelType): CelType {
    let at = type;
    while (at.kind === 'parameter') {
      const next = this.#bindings.get(at.name);
      if (next === undefined) {
        return at;
      }
      at = next;
    }
    return at;
  }

  /** With all that is known in place of parameters. */
  resolve(type: CelType): CelType {
    return this.#resolve(type, 0);
  }

  #resolve(type: CelType, depth: number): CelType {
    this.#step();
    const known = this.known(type);
    if (depth > MAX_DEPTH) {
      return DYN;
    }
    return mapParts(known, (part) => this.#resolve(part, depth + 1));
  }

  #assign(from: CelType, to: CelType): boolean {
    this.#step();
    if (to.kind === 'parameter') {
      const outcome = this.#substitute(from, to);
      if (outcome !== 'unfit') {
        return outcome === 'fits';
      }
    }
    if (from.kind === 'parameter') {
      return this.#substitute(to, from) === 'fits';
    }
    if (isOpen(from) || isOpen(to)) {
      return true;
    }
    if (isNullable(from) || isNullable(to)) {
      return from.kind === 'null' || to.kind === 'null' || this.#assign(withoutNull(from), withoutNull(to));
    }
    if (from.kind === 'null' || to.kind === 'null') {
      return acceptsNull(from) && acceptsNull(to);
    }
    return sameHead(from, to) && this.#assignParts(partsOf(from), partsOf(to));
  }

  #assignParts(from: readonly CelType[], to: readonly CelType[]): boolean {
    return from.length === to.length && from.every((part, index) => this.#assign(part, to[index] ?? DYN));
  }

  /** Whether `type` may stand for the parameter: `unfit` where it cannot now and the parameter stands for nothing yet. */
  #substitute(type: CelType, parameter: CelType & { readonly kind: 'parameter' }): 'fits' | 'fails' | 'unfit' {
    if (type.kind === 'parameter' && type.name === parameter.name) {
      return 'fits';
    }
    const bound = this.#bindings.get(parameter.name);
    if (bound === undefined) {
      if (this.#occurs(parameter.name, type)) {
        return 'unfit';
      }
      this.#bind(parameter.name, type);
      return 'fits';
    }
    if (type === bound) {
      return 'fits';
    }
    if (!this.#assign(type, bound)) {
      return 'fails';
    }
    const general = this.#general(type, bound);
    if (general !== bound && !this.#occurs(parameter.name, general)) {
      this.#bind(parameter.name, general);
    }
    return 'fits';
  }

  #bind(name: string, type: CelType): void {
    this.#trail.push({ name, before: this.#bindings.get(name) });
    this.#bindings.set(name, type);
  }

  #occurs(name: string, type: CelType): boolean {
    this.#step();
    if (type.kind === 'parameter') {
      const bound = this.#bindings.get(type.name);
      return type.name === name || (bound !== undefined && this.#occurs(name, bound));
    }
    return type.kind === 'type' ? this.#occurs(name, type.of) : partsOf(type).some((part) => this.#occurs(name, part));
  }

  #general(left: CelType, right: CelType): CelType {
    if (left.kind === 'null' && right.kind !== 'null') {
      return right.kind === 'parameter' ? right : nullableOf(right);
    }
    if (right.kind === 'null' && left.kind !== 'null') {
      return left.kind === 'parameter' ? left : nullableOf(left);
    }
    return this.#lessSpecific(left, right) ? left : right;
  }

  #lessSpecific(left: CelType, right: CelType): boolean {
    this.#step();
    if (isOpen(left) || left.kind === 'parameter') {
      return true;
    }
    if (isOpen(right) || right.kind === 'parameter') {
      return false;
    }
    if (isNullable(left) !== isNullable(right)) {
      return isNullable(left);
    }
    const [parts, others] = [partsOf(left), partsOf(right)];
    return sameHead(left, right) && parts.every((part, index) => this.#lessSpecific(part, others[index] ?? DYN));
  }

  #step(): void {
    this.#steps += 1;
    if (this.#steps > MAX_STEPS) {
      throw new TooManySteps();
    }
  }
}

function isOpen(type: CelType): boolean {
  return type.kind === 'dyn' || type.kind === 'error';
}

function acceptsNull(type: CelType): boolean {
  switch (type.kind) {
    case 'null':
    case 'message':
    case 'timestamp':
    case 'duration':
    case 'opaque':
    case 'optional':
      return true;
    default:
      return false;
  }
}

/** Whether two types are of one kind and name, whatever their parts are. */
function sameHead(left: CelType, right: CelType): boolean {
  if (left.kind === 'opaque') {
    return right.kind === 'opaque' && left.name === right.name && left.parameters.length === right.parameters.length;
  }
  if (left.kind === 'message') {
    return right.kind === 'message' && left.message.name === right.message.name;
  }
  return left.kind === right.kind;
}

/** The types that a type is made of. That of which a type is the type does not matter: all are types. */
function partsOf(type: CelType): readonly CelType[] {
  switch (type.kind) {
    case 'list':
      return [type.element];
    case 'map':
      return [type.key, type.value];
    case 'optional':
      return [type.value];
    case 'opaque':
      return type.parameters;
    default:
      return [];
  }
}

function rebuild(type: CelType, replace: (part: CelType) => CelType | null): CelType {
  return replace(type) ?? mapParts(type, (part) => rebuild(part, replace));
}

/** The type made of other parts; itself where they are the same. */
export function mapParts(type: CelType, change: (part: CelType) => CelType): CelType {
  switch (type.kind) {
    case 'list': {
      const element = change(type.element);
      return element === type.element ? type : { kind: 'list', element };
    }
    case 'map': {
      const [key, value] = [change(type.key), change(type.value)];
      return key === type.key && value === type.value ? type : { kind: 'map', key, value };
    }
    case 'optional': {
      const value = change(type.value);
      return value === type.value ? type : { kind: 'optional', value };
    }
    case 'type': {
      const of = change(type.of);
      return of === type.of ? type : { kind: 'type', of };
    }
    case 'opaque': {
      const parameters = type.parameters.map(change);
      const same = parameters.every((parameter, index) => parameter === type.parameters[index]);
      return same ? type : { kind: 'opaque', name: type.name, parameters };
    }
    default:
      return type;
  }
}
