import { CelUint } from '../value.ts';
import type { Call, Comprehension, Element, Entry, Expression } from './ast.ts';
import { EXTREMES } from './macros.ts';

/** How tightly the grammar's levels bind, the loosest first. */
const LEVELS = { ternary: 0, or: 1, and: 2, relation: 3, sum: 4, product: 5, unary: 6, member: 7 } as const;

const BINARY: ReadonlyMap<string, readonly [symbol: string, level: number]> = new Map([
  ['_<_', ['<', LEVELS.relation]],
  ['_<=_', ['<=', LEVELS.relation]],
  ['_>_', ['>', LEVELS.relation]],
  ['_>=_', ['>=', LEVELS.relation]],
  ['_==_', ['==', LEVELS.relation]],
  ['_!=_', ['!=', LEVELS.relation]],
  ['@in', ['in', LEVELS.relation]],
  ['_+_', ['+', LEVELS.sum]],
  ['_-_', ['-', LEVELS.sum]],
  ['_*_', ['*', LEVELS.product]],
  ['_/_', ['/', LEVELS.product]],
  ['_%_', ['%', LEVELS.product]],
]);

/** Names that macros put in place of what was written. */
const FUNCTIONS: ReadonlyMap<string, string> = new Map([...EXTREMES].map(([written, name]) => [name, written]));

/** An expression as text that is read as the same again: with as few parentheses as that needs, and its macros as they are written. */
export function print(expression: Expression): string {
  return write(expression, LEVELS.ternary);
}

/** With parentheses where it binds less tightly than the place needs. */
function write(node: Expression, least: number): string {
  const [text, level] = textOf(node);
  return level < least ? `(${text})` : text;
}

function textOf(node: Expression): readonly [string, number] {
  switch (node.kind) {
    case 'call':
      return callText(node);
    case 'constant':
      return [constantText(node.value), LEVELS.member];
    case 'identifier':
      return [identifierText(node.name), LEVELS.member];
    case 'select': {
      const selected = `${write(node.operand, LEVELS.member)}.${node.optional ? '?' : ''}${fieldText(node.field)}`;
      return [node.test ? `has(${selected})` : selected, LEVELS.member];
    }
    case 'list':
      return [`[${node.elements.map(elementText).join(', ')}]`, LEVELS.member];
    case 'map':
      return [`{${node.entries.map(entryText).join(', ')}}`, LEVELS.member];
    case 'struct': {
      const fields = node.fields.map(
        (field) => `${field.optional ? '?' : ''}${fieldText(field.name)}: ${print(field.value)}`,
      );
      return [`${node.name}{${fields.join(', ')}}`, LEVELS.member];
    }
    case 'comprehension':
      return [comprehensionText(node), LEVELS.member];
    case 'bind':
      return [bindText(node), LEVELS.member];
    case 'optional-map': {
      const macro = node.flat ? 'optFlatMap' : 'optMap';
      const target = write(node.target, LEVELS.member);
      return [`${target}.${macro}(${identifierText(node.variable)}, ${print(node.body)})`, LEVELS.member];
    }
    case 'block':
      return [`cel.block([${node.values.map(print).join(', ')}], ${print(node.body)})`, LEVELS.member];
  }
}

function callText(node: Call): readonly [string, number] {
  const binary = BINARY.get(node.name);
  const [first, second, third] = node.arguments;
  if (first !== undefined && second !== undefined) {
    if (binary !== undefined) {
      const [symbol, level] = binary;
      return [`${write(first, level)} ${symbol} ${write(second, level + 1)}`, level];
    }
    if (node.name === '_?_:_' && third !== undefined) {
      const text = `${write(first, LEVELS.or)} ? ${write(second, LEVELS.or)} : ${print(third)}`;
      return [text, LEVELS.ternary];
    }
    if (node.name === '_&&_' || node.name === '_||_') {
      const level = node.name === '_&&_' ? LEVELS.and : LEVELS.or;
      return [node.arguments.map((argument) => write(argument, level + 1)).join(` ${node.name.slice(1, -1)} `), level];
    }
    if (node.name === '_[_]' || node.name === '_[?_]') {
      const optional = node.name === '_[?_]' ? '?' : '';
      return [`${write(first, LEVELS.member)}[${optional}${print(second)}]`, LEVELS.member];
    }
  }
  if (first !== undefined && (node.name === '!_' || node.name === '-_')) {
    return [`${node.name.charAt(0)}${unaryOperand(first)}`, LEVELS.unary];
  }
  const args = node.arguments.map(print).join(', ');
  const target = node.target === null ? '' : `${write(node.target, LEVELS.member)}.`;
  return [`${target}${FUNCTIONS.get(node.name) ?? node.name}(${args})`, LEVELS.member];
}

/** A number after a minus would be read as one literal with it. */
function unaryOperand(operand: Expression): string {
  const text = write(operand, LEVELS.member);
  return /^[-\d]/.test(text) ? `(${text})` : text;
}

function comprehensionText(node: Comprehension): string {
  const names: Record<string, string> = { map: node.variables.length === 2 ? 'transformList' : 'map' };
  const args = [
    ...node.variables.map(identifierText),
    ...(node.condition === null ? [] : [print(node.condition)]),
    print(node.result),
  ];
  return `${write(node.range, LEVELS.member)}.${names[node.macro] ?? node.macro}(${args.join(', ')})`;
}

function bindText(node: Expression & { readonly kind: 'bind' }): string {
  const { body } = node;
  const [keys] = body.kind === 'call' ? body.arguments : [];
  if (node.variable === '@sorted' && keys?.kind === 'comprehension') {
    return `${write(node.value, LEVELS.member)}.sortBy(${keys.variables[0]}, ${print(keys.result)})`;
  }
  return `cel.bind(${identifierText(node.variable)}, ${print(node.value)}, ${print(body)})`;
}

function elementText({ value, optional }: Element): string {
  return `${optional ? '?' : ''}${print(value)}`;
}

function entryText({ key, value, optional }: Entry): string {
  return `${optional ? '?' : ''}${print(key)}: ${print(value)}`;
}

function identifierText(name: string): string {
  if (name.startsWith('@index')) {
    return `cel.index(${name.slice('@index'.length)})`;
  }
  return name.startsWith('@it:') ? `cel.iterVar(${name.slice('@it:'.length).replace(':', ', ')})` : name;
}

function fieldText(name: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && !['true', 'false', 'null', 'in'].includes(name)
    ? name
    : `\`${name}\``;
}

function constantText(value: (Expression & { readonly kind: 'constant' })['value']): string {
  if (typeof value === 'string') {
    return `"${escaped(value)}"`;
  }
  if (typeof value === 'number') {
    return doubleText(value);
  }
  if (value instanceof Uint8Array) {
    return `b"${[...value].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('')}"`;
  }
  return value instanceof CelUint ? `${value.value}u` : String(value);
}

/** With a point or an exponent, so that it is no int. */
function doubleText(value: number): string {
  const text = Object.is(value, -0) ? '-0' : String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

function escaped(text: string): string {
  return text.replace(/["\\]|[^ -~]/gu, (char) => {
    const code = char.codePointAt(0) ?? 0;
    return code === 34 || code === 92 ? `\\${char}` : `\\U${code.toString(16).padStart(8, '0')}`;
  });
}
