import { quote } from '#base/error.ts';
import { LIMITS } from '#base/limits.ts';
import { CelUint } from '../value.ts';
import type { Constant, Element, Entry, Expression, StructLiteral } from './ast.ts';
import { ParseFailure } from './failure.ts';
import { expandCall, expandMember } from './macros.ts';
import { Nodes, tooDeep } from './nodes.ts';
import type { Token } from './token.ts';

const RELATIONS: ReadonlyMap<string, string> = new Map([
  ['<', '_<_'],
  ['<=', '_<=_'],
  ['>', '_>_'],
  ['>=', '_>=_'],
  ['==', '_==_'],
  ['!=', '_!=_'],
  ['in', '@in'],
]);
const SUMS: ReadonlyMap<string, string> = new Map([
  ['+', '_+_'],
  ['-', '_-_'],
]);
const PRODUCTS: ReadonlyMap<string, string> = new Map([
  ['*', '_*_'],
  ['/', '_/_'],
  ['%', '_%_'],
]);
/** From the loosest to the tightest; all group to the left. */
const LEVELS = [RELATIONS, SUMS, PRODUCTS];

const RESERVED = new Set(
  'as break const continue else for function if import let loop package namespace return var void while'.split(' '),
);

/** The grammar of the language definition, one method for each level of it. Throws `ParseFailure`. */
export class Parser {
  readonly #tokens: readonly Token[];
  readonly #nodes: Nodes = new Nodes();
  #next = 0;
  #end = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  get nodes(): number {
    return this.#nodes.count;
  }

  whole(): Expression {
    const expression = this.#expression();
    if (this.#peek().kind !== 'end') {
      throw this.#unexpected('an operator or the end of the expression');
    }
    return expression;
  }

  #expression(): Expression {
    const token = this.#peek();
    if (this.#depth >= LIMITS.expressionDepth) {
      throw tooDeep(token.offset, token.end);
    }
    this.#depth += 1;
    const condition = this.#logical('||', () => this.#logical('&&', () => this.#binary(0)));
    const expression = this.#take('?') ? this.#ternary(token.offset, condition) : condition;
    this.#depth -= 1;
    return expression;
  }

  #ternary(offset: number, condition: Expression): Expression {
    const yes = this.#logical('||', () => this.#logical('&&', () => this.#binary(0)));
    this.#expect(':');
    return this.#call('_?_:_', offset, [condition, yes, this.#expression()]);
  }

  #logical(symbol: '&&' | '||', operand: () => Expression): Expression {
    const { offset } = this.#peek();
    const first = operand();
    if (!this.#at(symbol)) {
      return first;
    }
    const operands = [first];
    while (this.#take(symbol)) {
      operands.push(operand());
    }
    return this.#call(`_${symbol}_`, offset, operands);
  }

  #binary(level: number): Expression {
    const operators = LEVELS[level];
    if (operators === undefined) {
      return this.#unary();
    }
    const { offset } = this.#peek();
    let left = this.#binary(level + 1);
    for (;;) {
      const token = this.#peek();
      const name = token.kind === 'symbol' ? operators.get(token.text) : undefined;
      if (name === undefined) {
        return left;
      }
      this.#advance();
      left = this.#call(name, offset, [left, this.#binary(level + 1)]);
    }
  }

  /** Of `!!x` and `--x` nothing is left but `x`, as the other implementations have it. */
  #unary(): Expression {
    const { offset } = this.#peek();
    const symbol = this.#at('!') ? '!' : '-';
    let count = 0;
    while (this.#at(symbol) && !(count % 2 === 0 && this.#atSignedNumber())) {
      this.#advance();
      count += 1;
    }
    const operand = this.#member();
    return count % 2 === 0 ? operand : this.#call(`${symbol}_`, offset, [operand]);
  }

  #atSignedNumber(): boolean {
    const after = this.#tokens[this.#next + 1];
    return this.#at('-') && (after?.kind === 'int' || after?.kind === 'double');
  }

  #member(): Expression {
    const { offset } = this.#peek();
    let operand = this.#primary();
    let qualified = operand.kind === 'identifier' && this.#tokens[this.#next - 1]?.kind === 'identifier';
    for (;;) {
      if (this.#take('.')) {
        const optional = this.#take('?');
        operand = this.#field(offset, operand, optional);
        qualified &&= operand.kind === 'select' && !optional && this.#tokens[this.#next - 1]?.kind === 'identifier';
      } else if (this.#take('[')) {
        const name = this.#take('?') ? '_[?_]' : '_[_]';
        const index = this.#expression();
        this.#expect(']');
        operand = this.#call(name, offset, [operand, index]);
        qualified = false;
      } else if (qualified && this.#at('{')) {
        operand = this.#struct(offset, operand);
        qualified = false;
      } else {
        return operand;
      }
    }
  }

  #field(offset: number, operand: Expression, optional: boolean): Expression {
    const token = this.#peek();
    if (token.kind !== 'identifier' && token.kind !== 'quoted-identifier') {
      throw this.#unexpected('the name of a field');
    }
    this.#advance();
    if (token.kind === 'identifier' && !optional && this.#take('(')) {
      const args = this.#arguments();
      const expanded = expandMember(this.#nodes, { offset, end: this.#end }, operand, token.text, args);
      if (expanded !== null) {
        return expanded;
      }
      const place = this.#nodes.place(offset, this.#end, [operand, ...args]);
      return { kind: 'call', ...place, name: token.text, target: operand, arguments: args };
    }
    const place = this.#nodes.place(offset, this.#end, [operand]);
    return { kind: 'select', ...place, operand, field: token.text, optional, test: false };
  }

  #primary(): Expression {
    const token = this.#peek();
    switch (token.kind) {
      case 'identifier':
        return this.#identifier(token.offset, '');
      case 'symbol':
        return this.#bracketed(token);
      case 'word':
      case 'string':
      case 'bytes':
        this.#advance();
        return this.#constant(token.offset, token.value);
      case 'int':
      case 'uint':
      case 'double':
        return this.#number(1);
      default:
        throw this.#unexpected('a value');
    }
  }

  #bracketed(token: Token & { readonly kind: 'symbol' }): Expression {
    if (token.text === '-' && this.#atSignedNumber()) {
      this.#advance();
      return this.#number(-1);
    }
    if (this.#take('(')) {
      const inner = this.#expression();
      this.#expect(')');
      return inner;
    }
    if (this.#take('[')) {
      const elements = this.#listOf(']', () => this.#element());
      const place = this.#nodes.place(
        token.offset,
        this.#end,
        elements.map(({ value }) => value),
      );
      return { kind: 'list', ...place, elements };
    }
    if (this.#take('{')) {
      const entries = this.#listOf('}', () => this.#entry());
      const place = this.#nodes.place(
        token.offset,
        this.#end,
        entries.flatMap(({ key, value }) => [key, value]),
      );
      return { kind: 'map', ...place, entries };
    }
    if (this.#take('.')) {
      return this.#identifier(token.offset, '.');
    }
    throw this.#unexpected('a value');
  }

  #identifier(offset: number, dot: '' | '.'): Expression {
    const token = this.#peek();
    if (token.kind !== 'identifier') {
      throw this.#unexpected('a name');
    }
    if (RESERVED.has(token.text)) {
      throw new ParseFailure(`'${token.text}' is reserved and cannot be a name`, token.offset, token.text.length);
    }
    this.#advance();
    const name = `${dot}${token.text}`;
    if (!this.#take('(')) {
      return { kind: 'identifier', ...this.#nodes.place(offset, this.#end), name };
    }
    const args = this.#arguments();
    return (
      expandCall(this.#nodes, { offset, end: this.#end }, name, args) ?? {
        kind: 'call',
        ...this.#nodes.place(offset, this.#end, args),
        name,
        target: null,
        arguments: args,
      }
    );
  }

  /** `sign` is -1 where a minus went before, from which the node starts. */
  #number(sign: 1 | -1): Constant {
    const { offset } = this.#tokens[sign === 1 ? this.#next : this.#next - 1] ?? this.#peek();
    const token = this.#peek();
    this.#advance();
    switch (token.kind) {
      case 'double':
        return this.#constant(offset, sign * token.magnitude);
      case 'uint':
        return this.#constant(offset, new CelUint(token.magnitude));
      case 'int': {
        const value = sign === -1 ? -token.magnitude : token.magnitude;
        if (value === 2n ** 63n) {
          throw new ParseFailure('the number is no int of 64 bits', offset, this.#end - offset);
        }
        return this.#constant(offset, value);
      }
      default:
        throw this.#unexpected('a number');
    }
  }

  #constant(offset: number, value: Constant['value']): Constant {
    return { kind: 'constant', ...this.#nodes.place(offset, this.#end), value };
  }

  #element(): Element {
    const optional = this.#take('?');
    return { value: this.#expression(), optional };
  }

  #entry(): Entry {
    const optional = this.#take('?');
    const key = this.#expression();
    this.#expect(':');
    return { key, value: this.#expression(), optional };
  }

  #struct(offset: number, type: Expression): StructLiteral {
    this.#expect('{');
    const fields = this.#listOf('}', () => {
      const optional = this.#take('?');
      const token = this.#peek();
      if (token.kind !== 'identifier' && token.kind !== 'quoted-identifier') {
        throw this.#unexpected('the name of a field');
      }
      this.#advance();
      this.#expect(':');
      return { name: token.text, value: this.#expression(), optional };
    });
    const place = this.#nodes.place(
      offset,
      this.#end,
      fields.map(({ value }) => value),
    );
    return { kind: 'struct', ...place, name: qualifiedName(type), fields };
  }

  /** Separated by commas, of which one may stand after the last; none at all is a list too. */
  #listOf<T>(close: string, item: () => T): readonly T[] {
    const items: T[] = [];
    while (!this.#at(close)) {
      items.push(item());
      if (!this.#take(',')) {
        break;
      }
    }
    this.#expect(close);
    return items;
  }

  #arguments(): readonly Expression[] {
    const args: Expression[] = [];
    if (this.#take(')')) {
      return args;
    }
    do {
      args.push(this.#expression());
    } while (this.#take(','));
    this.#expect(')');
    return args;
  }

  #call(name: string, offset: number, args: readonly Expression[]): Expression {
    return { kind: 'call', ...this.#nodes.place(offset, this.#end, args), name, target: null, arguments: args };
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', offset: this.#end, end: this.#end };
  }

  #advance(): void {
    this.#end = this.#peek().end;
    this.#next += 1;
  }

  #at(symbol: string): boolean {
    const token = this.#peek();
    return token.kind === 'symbol' && token.text === symbol;
  }

  #take(symbol: string): boolean {
    const found = this.#at(symbol);
    if (found) {
      this.#advance();
    }
    return found;
  }

  #expect(symbol: string): void {
    if (!this.#take(symbol)) {
      throw this.#unexpected(`'${symbol}'`);
    }
  }

  #unexpected(expected: string): ParseFailure {
    const token = this.#peek();
    const found = token.kind === 'end' ? 'the end' : showToken(token);
    return new ParseFailure(`expected ${expected}, found ${found}`, token.offset, token.end - token.offset);
  }
}

function showToken(token: Exclude<Token, { kind: 'end' }>): string {
  switch (token.kind) {
    case 'symbol':
    case 'word':
    case 'identifier':
      return quote(token.text, 60);
    case 'quoted-identifier':
      return 'a name in backquotes';
    case 'string':
    case 'bytes':
      return `a ${token.kind} literal`;
    default:
      return 'a number';
  }
}

function qualifiedName(expression: Expression): string {
  const fields: string[] = [];
  let at = expression;
  while (at.kind === 'select') {
    fields.push(at.field);
    at = at.operand;
  }
  return [at.kind === 'identifier' ? at.name : '', ...fields.reverse()].join('.');
}
