import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { celCases } from '#test/fixtures/cel-spec.ts';
import { LIBRARIES } from '../library/list.ts';
import { standard } from '../library/standard/index.ts';
import type { Library, Overload } from '../library.ts';
import { parse } from '../parse/parse.ts';
import type { Environment } from '../program.ts';
import {
  BOOL,
  BYTES,
  type CelType,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf,
  type MessageType,
  mapOf,
  messageOf,
  NULL,
  optionalOf,
  parameterOf,
  STRING,
  TIMESTAMP,
  UINT,
} from '../type.ts';
import { check } from './check.ts';
import type { Checked } from './checked.ts';
import { showType } from './show-type.ts';

evidence('policy/language', 'published', "types that cel-go finds for the expressions of CEL's conformance data");

const ALL = [standard, ...LIBRARIES];

const PERSON: MessageType = {
  name: 'test.Person',
  fields: new Map(
    (
      [
        ['name', STRING, false],
        ['age', INT, true],
        ['born', TIMESTAMP, true],
        ['aliases', listOf(STRING), false],
        ['labels', mapOf(STRING, STRING), false],
      ] as const
    ).map(([name, type, nullable]) => [name, { name, type, nullable, description: name, read: () => null }]),
  ),
};

function overload(id: string, parameters: readonly CelType[], result: CelType, more: Partial<Overload> = {}): Overload {
  return { id, member: false, parameters, result, call: () => null, ...more };
}

const OWN: Library = {
  name: 'test',
  description: 'test',
  functions: [
    {
      name: 'pair',
      description: 'two',
      overloads: [overload('pair', [parameterOf('A'), parameterOf('A')], listOf(parameterOf('A')))],
    },
    { name: 'test.now', description: 'time', overloads: [overload('now', [], TIMESTAMP, { readsTime: true })] },
    {
      name: 'both',
      description: 'int or string',
      overloads: [overload('both_int', [INT], INT), overload('both_string', [STRING], STRING)],
    },
  ],
  constants: [{ name: 'test.answer', type: INT, value: 42n }],
};

const LIBRARIES_OF_TESTS = [...ALL, OWN];

function environment(more: Partial<Environment> = {}): Environment {
  const variables = new Map<string, CelType>([
    ['person', messageOf(PERSON)],
    ['people', listOf(messageOf(PERSON))],
    ['any', DYN],
    ['a.b', STRING],
    ['a.b.c', INT],
    ['in.ner', INT],
    ['test.x', BOOL],
  ]);
  return { variables, libraries: LIBRARIES_OF_TESTS, container: '', checked: true, ...more };
}

function checked(text: string, where = environment()): Checked {
  const parsed = parse(text);
  assert.ok(parsed.ok, text);
  const outcome = check(parsed.ast, where);
  assert.ok(outcome.ok, outcome.ok ? '' : `${text}: ${outcome.issues.map(({ message }) => message).join('; ')}`);
  return outcome.checked;
}

function faults(text: string, where = environment()): readonly string[] {
  const parsed = parse(text);
  assert.ok(parsed.ok, text);
  const outcome = check(parsed.ast, where);
  assert.ok(!outcome.ok, `${text} has a type`);
  return outcome.issues.map(({ offset, length, message }) => `${offset}+${length}: ${message}`);
}

describe('types', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['person.age + 1', 'int'],
    ['person.age == null', 'bool'],
    ['true ? person.age : null', 'int'],
    ['[person.born, null]', 'list(timestamp)'],
    ['people.map(p, p.name)', 'list(string)'],
    ['people.filter(p, p.age > 3)[0].name', 'string'],
    ['people.all(i, p, i < p.age)', 'bool'],
    ['person.labels.map(k, k)', 'list(string)'],
    ['person.labels.transformMap(k, v, v.size())', 'map(string, int)'],
    ['people.transformMapEntry(i, p, {p.name: i})', 'map(string, int)'],
    ['person.labels.app', 'string'],
    ['person.?age', 'optional_type(int)'],
    ['person.?labels.app', 'optional_type(string)'],
    ['person.?age.optMap(x, x > 1).orValue(false)', 'bool'],
    ['has(person.age) && has(any.x.y)', 'bool'],
    ['any.x[0].y', 'dyn'],
    ['[1, "a"]', 'list(dyn)'],
    ['[optional.of(1), null][0]', 'optional_type(int)'],
    ['[[], [1]]', 'list(list(int))'],
    ['{}', 'map(dyn, dyn)'],
    ['pair(1, any)', 'list(dyn)'],
    ['pair([], ["a"])', 'list(list(string))'],
    ['both(any)', 'dyn'],
    ['both("a")', 'string'],
    ['a.b', 'string'],
    ['a.b.c', 'int'],
    ['test.answer', 'int'],
    ['{}.map(c, [c, type(c)])', 'list(list(dyn))'],
    ['cel.bind(x, 1, [x].map(y, x + y))', 'list(int)'],
  ];
  for (const [text, expected] of cases) {
    test(`${text} is ${expected}`, () => {
      assert.equal(showType(checked(text).type), expected);
    });
  }
});

describe('faults', () => {
  const cases: readonly (readonly [string, ...string[]])[] = [
    ['persn.name', "0+5: there is no variable 'persn'; did you mean 'person'?"],
    ['person.nmae', "0+11: there is no field 'nmae' in test.Person; did you mean 'name'?"],
    ['people.all(p, p.agge > 1)', "14+6: there is no field 'agge' in test.Person; did you mean 'age'?"],
    ['has(person.zzz)', "0+15: there is no field 'zzz' in test.Person"],
    ['sise("a")', "0+9: there is no function 'sise'; did you mean 'size'?"],
    ['test.nw()', "0+9: there is no function 'test.nw'; did you mean 'test.now'?"],
    ['"a".startWith("b")', "0+18: there is no function 'startWith'; did you mean 'startsWith'?"],
    ['1 + "a"', "0+7: '+' cannot be used with (int, string)"],
    ['person.name == null', "0+19: '==' cannot be used with (string, null)"],
    [
      'person.name == 1 && person.age == "x"',
      "0+16: '==' cannot be used with (string, int)",
      "20+17: '==' cannot be used with (int or null, string)",
    ],
    ['person.name && true', "0+11: '&&' needs a bool, this is string"],
    ['1 ? 2 : 3', "0+1: '?' needs a bool, this is int"],
    ['true ? 1 : "a"', "0+14: both sides of ':' must be of one type, these are int and string"],
    ['people.exists(p, p.name)', "17+6: the condition of 'exists' must be a bool, this is string"],
    ['person.age.all(x, true)', '0+10: int is no list and no map, whose elements could be gone through'],
    ['person.age.x', "0+12: int has no fields, so no 'x'"],
    ['{1.5: 2}', '1+3: double cannot be the key of a map'],
    ['[?1]', "2+1: int is no optional, which is needed after '?'"],
    ['1 in 2', "0+6: 'in' cannot be used with (int, int)"],
    ['math.greatest("a")', "0+18: 'math.greatest' cannot be used with (string)"],
    ['[] - 1', "0+6: '-' cannot be used with (list(dyn), int)"],
    ['Thing{a: 1}', "0+11: 'Thing{…}': objects cannot be made, maps can: {'field': value}"],
    ['people.all(p, true) && p.name == ""', "23+1: there is no variable 'p'"],
  ];
  for (const [text, ...expected] of cases) {
    test(`says what is wrong in ${text}`, () => {
      assert.deepEqual(faults(text), expected);
    });
  }

  test('tells no more than can be read, and each fault once', () => {
    assert.equal(faults(`[${Array.from({ length: 100 }, (_, index) => `zzzzzz${index}`).join()}]`).length, 20);
    assert.equal(faults('nothing.a.b + 1 > 2 && true').length, 1);
  });
});

describe('references', () => {
  test('a variable of a macro hides all other meanings of its name, and gives it back', () => {
    const { references, ast, variables } = checked('[{"b": true}].all(a, a.b) && a.b == ""');
    assert.deepEqual([...variables], ['a.b']);
    const kinds = references.filter((reference) => reference?.kind === 'local' || reference?.kind === 'variable');
    assert.deepEqual(
      kinds.map((reference) => reference?.kind),
      ['local', 'variable'],
    );
    assert.equal(ast.nodes, references.length);
  });

  test('slots are those alive at a place', () => {
    const { references, slots } = checked('[[1]].all(x, x.all(i, y, y > i)) && [1].all(z, z > 0)');
    const found = references.flatMap((reference) =>
      reference?.kind === 'scope' || reference?.kind === 'local' ? [`${reference.kind} ${reference.slot}`] : [],
    );
    assert.deepEqual(found.toSorted(), ['local 0', 'local 0', 'local 1', 'local 2', 'scope 0', 'scope 0', 'scope 1']);
    assert.equal(slots, 3);
  });

  test('names are looked up in the container from the inside out', () => {
    const where = environment({ container: 'test.inner' });
    assert.deepEqual([...checked('x', where).variables], ['test.x']);
    assert.deepEqual(checked('now() == now()', where).readsTime, true);
    assert.deepEqual(faults('.x', where), ["0+2: there is no variable '.x'"]);
  });

  test('a call is certain where one function fits and no argument may be of another type', () => {
    const certain: Readonly<Record<string, boolean>> = {
      'both(1)': true,
      'both(any)': false,
      'both(person.age)': false,
      'both(size("a"))': true,
    };
    for (const [text, expected] of Object.entries(certain)) {
      const { references, ast } = checked(text);
      const reference = references[ast.root.id];
      assert.equal(reference?.kind === 'call' && reference.certain, expected, text);
    }
  });

  test('macros inside each other are counted', () => {
    assert.equal(checked('1 + 1').depth, 0);
    assert.equal(
      checked(
        'people.all(p, true).size() == 0 || [1].all(x, [2].exists(y, [3].map(z, z) == [x + y]))'.replace(
          '.size() == 0',
          '',
        ),
      ).depth,
      3,
    );
  });

  test('what is not checked has candidates by number of arguments', () => {
    const where = environment({ checked: false });
    const { references, ast, type } = checked('both(nothing + 1) == 1.5', where);
    assert.equal(type.kind, 'dyn');
    const names = references.flatMap((reference) => (reference?.kind === 'unknown' ? [reference.name] : []));
    assert.deepEqual(names, ['nothing']);
    const calls = references.flatMap((reference) =>
      reference?.kind === 'call' && reference.name === 'both' ? [reference.overloads.length] : [],
    );
    assert.deepEqual(calls, [2]);
    assert.ok(ast.nodes > 0);
  });
});

test('types that grow with every step are cut off, and what takes too long is said to', () => {
  const nested = `cel.bind(a, [1], ${Array.from({ length: 60 }, () => 'cel.bind(a, [a, a], ').join('')}a${')'.repeat(61)}`;
  assert.match(showType(checked(nested).type), /^(list\(){30,40}dyn\)+$/);
  const many = `[${Array.from({ length: 8000 }, () => '[[]]').join()}]`;
  assert.equal(showType(checked(many).type), 'list(list(list(dyn)))');
});

test('variables that are alive at a time are bounded', () => {
  const block = (count: number): string => `cel.block([${Array.from({ length: count }, () => 'any').join()}], 1)`;
  assert.equal(checked(block(500)).slots, 500);
  assert.deepEqual(faults(block(501)), ['0+2019: more than 500 variables are alive at a time']);
});

test('types are those that cel-go finds', (t) => {
  let count = 0;
  for (const { text, type, suite, original } of celCases()) {
    const parsed = parse(text);
    if (type === undefined || !parsed.ok || NEEDS_OBJECTS.test(`${suite} ${text}`) || 'disableCheck' in original) {
      continue;
    }
    const variables = variablesOf(original);
    if (variables === null) {
      continue;
    }
    const where = { variables, libraries: ALL, container: (original['container'] ?? '') as string, checked: true };
    const outcome = check(parsed.ast, where);
    assert.ok(outcome.ok, `${suite}: ${text}: ${outcome.ok ? '' : outcome.issues[0]?.message}`);
    const found = showType(outcome.checked.type);
    assert.ok(
      found === type || suite.includes('block_ext') || suite.endsWith('conversions/type'),
      `${suite}: ${text}: ${found}, not ${type}`,
    );
    count += 1;
  }
  t.diagnostic(`${count} types`);
  assert.ok(count > 1300);
});

/** Objects of Protocol Buffers, and declarations that only the tests of cel-go have. */
const NEEDS_OBJECTS =
  /TestAllTypes|proto[23]|optional_type|legacy_nullable|google\.protobuf\.\w*(Value|Any|Struct|Duration\{|Timestamp\{)|Value\{|Enum|enums|wrapper|\/dynamic\/|msg|^checking .*\b(i[bdisuxz]|fg_s|x|y|args|lists|myfun|a|set|encode|null_int|values|pb2)\b/;

/** Null where a declaration is none of ours. */
function variablesOf(original: Readonly<Record<string, unknown>>): ReadonlyMap<string, CelType> | null {
  const declared = (original['typeEnv'] ?? []) as readonly { name: string; ident?: { type?: Json } }[];
  if (declared.some(({ ident }) => ident === undefined)) {
    return null;
  }
  return new Map(declared.map(({ name, ident }) => [name, typeOf(ident?.type ?? {})]));
}

interface Json {
  readonly primitive?: string;
  readonly wellKnown?: string;
  readonly listType?: { readonly elemType: Json };
  readonly mapType?: { readonly keyType: Json; readonly valueType: Json };
  readonly abstractType?: { readonly parameterTypes: readonly [Json] };
  readonly null?: unknown;
}

function typeOf(json: Json): CelType {
  const simple = SIMPLE.get(json.primitive ?? json.wellKnown ?? '');
  if (simple !== undefined) {
    return simple;
  }
  if (json.listType !== undefined) {
    return listOf(typeOf(json.listType.elemType));
  }
  if (json.mapType !== undefined) {
    return mapOf(typeOf(json.mapType.keyType), typeOf(json.mapType.valueType));
  }
  if (json.abstractType !== undefined) {
    return optionalOf(typeOf(json.abstractType.parameterTypes[0]));
  }
  return 'null' in json ? NULL : DYN;
}

const SIMPLE: ReadonlyMap<string, CelType> = new Map([
  ['BOOL', BOOL],
  ['INT64', INT],
  ['UINT64', UINT],
  ['DOUBLE', DOUBLE],
  ['STRING', STRING],
  ['BYTES', BYTES],
  ['TIMESTAMP', TIMESTAMP],
  ['DURATION', DURATION],
]);
