import type {
  Bind,
  Block,
  Call,
  Comprehension,
  Element,
  Expression,
  ListLiteral,
  MapLiteral,
  OptionalMap,
  Select,
} from '../parse/ast.ts';
import { BOOL, BYTES, type CelType, DOUBLE, DYN, INT, listOf, mapOf, NULL, optionalOf, STRING, UINT } from '../type.ts';
import { checkCall, findFunction, isNamespace } from './calls.ts';
import type { CheckContext } from './context.ts';
import { beginsWithLocal, checkIdentifier, qualifiedName, resolveDeclared } from './names.ts';
import { nullableOf, withoutNull } from './nullable.ts';
import { showType } from './show-type.ts';

/** Without `cel.block`, there can be no more for the bound of how deep an expression is. */
const MAX_LOCALS = 500;

/** Finds the types of an expression from the inside out, and what its names refer to. */
export class Checker {
  readonly #context: CheckContext;
  #depth = 0;
  #deepest = 0;

  constructor(context: CheckContext) {
    this.#context = context;
  }

  /** Macros inside each other. */
  get depth(): number {
    return this.#deepest;
  }

  check(node: Expression): CelType {
    const type = this.#typeOf(node);
    this.#context.types[node.id] = type;
    return type;
  }

  #typeOf(node: Expression): CelType {
    switch (node.kind) {
      case 'constant':
        return this.#loose(constantType(node.value));
      case 'identifier':
        return this.#loose(checkIdentifier(this.#context, node));
      case 'select':
        return this.#select(node);
      case 'call':
        return this.#call(node);
      case 'list':
        return this.#list(node);
      case 'map':
        return this.#map(node);
      case 'struct':
        return this.#context.refuse(node, `'${node.name}{…}': objects cannot be made, maps can: {'field': value}`);
      case 'comprehension':
        return this.#comprehension(node);
      case 'bind':
        return this.#bind(node);
      case 'optional-map':
        return this.#optionalMap(node);
      case 'block':
        return this.#block(node);
    }
  }

  /** Where nothing is checked everything may be anything. */
  #loose(type: CelType): CelType {
    return this.#context.environment.checked ? type : DYN;
  }

  #select(node: Select): CelType {
    const name = qualifiedName(node);
    if (name !== null && !beginsWithLocal(this.#context, name)) {
      const declared = resolveDeclared(this.#context, node, name);
      if (declared !== null) {
        return this.#loose(declared);
      }
    }
    const operand = this.#context.inference.known(this.check(node.operand));
    const optional = operand.kind === 'optional';
    const field = this.#field(node, withoutNull(this.#context.inference.known(optional ? operand.value : operand)));
    if (node.test) {
      return BOOL;
    }
    return (optional || node.optional) && this.#context.environment.checked ? optionalOf(field) : field;
  }

  #field(node: Select, operand: CelType): CelType {
    switch (operand.kind) {
      case 'map':
        return operand.value;
      case 'message': {
        const { name, fields } = operand.message;
        const field = fields.get(node.field);
        if (field === undefined) {
          const hint = this.#context.hint(node.field, () => fields.keys());
          return this.#context.refuse(node, `there is no field '${node.field}' in ${name}${hint}`);
        }
        return field.nullable ? nullableOf(field.type) : field.type;
      }
      case 'parameter':
        this.#context.inference.assignable([DYN], [operand]);
        return DYN;
      case 'dyn':
      case 'error':
        return operand;
      default:
        return this.#refuseType(node, operand, `has no fields, so no '${node.field}'`);
    }
  }

  #call(node: Call): CelType {
    switch (node.name) {
      case '_&&_':
      case '_||_':
        for (const argument of node.arguments) {
          this.#expectBool(argument, `'${node.name.slice(1, -1)}' needs`);
        }
        return this.#loose(BOOL);
      case '_?_:_':
        return this.#conditional(node);
      default:
        return this.#function(node);
    }
  }

  #function(node: Call): CelType {
    const context = this.#context;
    if (node.target === null) {
      const args = node.arguments.map((argument) => this.check(argument));
      return checkCall(context, node, findFunction(context, node.name), false, args);
    }
    const prefix = qualifiedName(node.target);
    if (prefix !== null && !beginsWithLocal(context, prefix)) {
      const whole = findFunction(context, `${prefix}.${node.name}`);
      if (whole !== null || isNamespace(context, prefix)) {
        const args = node.arguments.map((argument) => this.check(argument));
        return checkCall(context, { ...node, name: `${prefix}.${node.name}` }, whole, false, args);
      }
    }
    const args = [node.target, ...node.arguments].map((argument) => this.check(argument));
    return checkCall(context, node, findFunction(context, node.name), true, args);
  }

  #conditional(node: Call): CelType {
    const [condition, yes, no] = node.arguments;
    if (condition === undefined || yes === undefined || no === undefined) {
      return DYN;
    }
    this.#expectBool(condition, "'?' needs");
    const [left, right] = [this.check(yes), this.check(no)];
    const { inference } = this.#context;
    const either = inference.fresh();
    if (inference.assignable([left, right], [either, either])) {
      return inference.resolve(either);
    }
    const [one, other] = [left, right].map((type) => showType(inference.resolve(type)));
    return this.#context.refuse(node, `both sides of ':' must be of one type, these are ${one} and ${other}`);
  }

  #list(node: ListLiteral): CelType {
    let joined: CelType | null = null;
    for (const element of node.elements) {
      const type = this.#element(element);
      joined = joined === null ? type : this.#context.inference.join(joined, type);
    }
    return this.#loose(listOf(joined ?? this.#context.inference.fresh()));
  }

  #map(node: MapLiteral): CelType {
    let key: CelType | null = null;
    let value: CelType | null = null;
    for (const entry of node.entries) {
      const keyType = this.#key(entry.key);
      const valueType = this.#element(entry);
      key = key === null ? keyType : this.#context.inference.join(key, keyType);
      value = value === null ? valueType : this.#context.inference.join(value, valueType);
    }
    return this.#loose(mapOf(key ?? this.#context.inference.fresh(), value ?? this.#context.inference.fresh()));
  }

  #key(node: Expression): CelType {
    const type = this.#context.inference.known(this.check(node));
    switch (withoutNull(type).kind) {
      case 'bool':
      case 'int':
      case 'uint':
      case 'string':
        return type;
      case 'dyn':
      case 'error':
      case 'parameter':
        return DYN;
      default:
        return this.#refuseType(node, type, 'cannot be the key of a map');
    }
  }

  #element({ value, optional }: Element): CelType {
    const type = this.check(value);
    return optional ? this.#unwrap(value, type, "after '?'") : type;
  }

  /** What an optional holds. */
  #unwrap(node: Expression, type: CelType, where: string): CelType {
    const known = this.#context.inference.known(type);
    switch (known.kind) {
      case 'optional':
        return known.value;
      case 'dyn':
      case 'error':
      case 'parameter':
        return DYN;
      default:
        return this.#refuseType(node, known, `is no optional, which is needed ${where}`);
    }
  }

  #comprehension(node: Comprehension): CelType {
    const { scope } = this.#context;
    const range = this.check(node.range);
    const [key, value] = this.#rangeOf(node.range, range);
    this.#context.references[node.id] = { kind: 'scope', slot: scope.next };
    this.#depth += 1;
    this.#deepest = Math.max(this.#deepest, this.#depth);
    const [first, second] = node.variables;
    if (second === undefined) {
      scope.enter(first, key ?? value);
    } else {
      scope.enter(first, key ?? this.#loose(INT));
      scope.enter(second, value);
    }
    if (node.condition !== null) {
      this.#expectBool(node.condition, `the condition of '${node.macro}' must be`);
    }
    const result = this.#resultOf(node, range, key);
    scope.leave(node.variables);
    this.#depth -= 1;
    return this.#loose(result);
  }

  /** The types of keys and values; no key for lists. */
  #rangeOf(node: Expression, type: CelType): readonly [CelType | null, CelType] {
    const { inference } = this.#context;
    const range = withoutNull(inference.known(type));
    switch (range.kind) {
      case 'list':
        return [null, range.element];
      case 'map':
        return [range.key, range.value];
      case 'dyn':
      case 'error':
        return [DYN, DYN];
      case 'parameter':
        inference.assignable([DYN], [range]);
        return [DYN, DYN];
      default:
        this.#refuseType(node, range, 'is no list and no map, whose elements could be gone through');
        return [DYN, DYN];
    }
  }

  #resultOf(node: Comprehension, range: CelType, key: CelType | null): CelType {
    const { inference } = this.#context;
    switch (node.macro) {
      case 'all':
      case 'exists':
      case 'existsOne':
        this.#expectBool(node.result, `the condition of '${node.macro}' must be`);
        return BOOL;
      case 'filter': {
        this.#expectBool(node.result, "the condition of 'filter' must be");
        const known = withoutNull(inference.known(range));
        return known.kind === 'list' ? known : listOf(key ?? DYN);
      }
      case 'map':
        return listOf(this.check(node.result));
      case 'transformMap':
        return mapOf(key ?? INT, this.check(node.result));
      case 'transformMapEntry': {
        const entries = inference.known(this.check(node.result));
        if (entries.kind === 'map') {
          return entries;
        }
        if (!isUnknown(entries)) {
          this.#refuseType(node.result, entries, 'is no map, whose entries could be added');
        }
        return mapOf(DYN, DYN);
      }
    }
  }

  #bind(node: Bind): CelType {
    const value = this.check(node.value);
    return this.#inScope(node, node.variable, value);
  }

  #inScope(node: Bind | OptionalMap, name: string, type: CelType): CelType {
    const { scope, references } = this.#context;
    references[node.id] = { kind: 'scope', slot: scope.next };
    scope.enter(name, type);
    const body = this.check(node.body);
    scope.leave([name]);
    return body;
  }

  #optionalMap(node: OptionalMap): CelType {
    const macro = node.flat ? "by 'optFlatMap'" : "by 'optMap'";
    const value = this.#unwrap(node.target, this.check(node.target), macro);
    const body = this.#inScope(node, node.variable, value);
    return this.#loose(optionalOf(node.flat ? this.#unwrap(node.body, body, macro) : body));
  }

  #block(node: Block): CelType {
    const { scope, references } = this.#context;
    references[node.id] = { kind: 'scope', slot: scope.next };
    const names = node.values.map((value, index) => {
      const name = `@index${index}`;
      scope.enter(name, this.check(value));
      return name;
    });
    if (scope.most > MAX_LOCALS) {
      this.#context.refuse(node, `more than ${MAX_LOCALS} variables are alive at a time`);
    }
    const body = this.check(node.body);
    scope.leave(names);
    return body;
  }

  #expectBool(node: Expression, what: string): void {
    const { inference } = this.#context;
    const type = this.check(node);
    if (!inference.assignable([type], [BOOL])) {
      this.#context.refuse(node, `${what} a bool, this is ${showType(inference.resolve(type))}`);
    }
  }

  #refuseType(node: Expression, type: CelType, problem: string): CelType {
    return this.#context.refuse(node, `${showType(this.#context.inference.resolve(type))} ${problem}`);
  }
}

function isUnknown(type: CelType): boolean {
  return type.kind === 'dyn' || type.kind === 'error' || type.kind === 'parameter';
}

function constantType(value: (Expression & { readonly kind: 'constant' })['value']): CelType {
  switch (typeof value) {
    case 'boolean':
      return BOOL;
    case 'bigint':
      return INT;
    case 'number':
      return DOUBLE;
    case 'string':
      return STRING;
    default:
      return objectType(value);
  }
}

function objectType(value: object | null): CelType {
  if (value === null) {
    return NULL;
  }
  return value instanceof Uint8Array ? BYTES : UINT;
}
