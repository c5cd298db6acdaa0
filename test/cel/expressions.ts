import fc from 'fast-check';

/**
 * Random expressions of the core language, for another implementation to have an opinion on: most fit together, some do not. What is known to
 * differ is not among them.
 */
export const EXPRESSIONS: fc.Arbitrary<string> = fc.letrec<{
  int: string;
  uint: string;
  double: string;
  text: string;
  bool: string;
  ints: string;
  list: string;
  map: string;
  any: string;
}>((tie) => {
  const two = (
    left: fc.Arbitrary<string>,
    signs: readonly string[],
    right: fc.Arbitrary<string>,
  ): fc.Arbitrary<string> =>
    fc.tuple(left, fc.constantFrom(...signs), right).map(([a, sign, b]) => `(${a} ${sign} ${b})`);
  const when = (value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc.tuple(tie('bool'), value, value).map(([a, b, c]) => `(${a} ? ${b} : ${c})`);
  return {
    int: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.integer({ min: -5, max: 12 }).map(String),
      fc.constantFrom('9223372036854775807', '-9223372036854775807', '4611686018427387904', '0'),
      two(tie('int'), ['+', '-', '*', '/', '%'], tie('int')),
      tie('text').map((text) => `size(${text})`),
      tie('list').map((list) => `${list}.size()`),
      fc.tuple(tie('ints'), fc.integer({ min: 0, max: 3 })).map(([list, at]) => `${list}[${at}]`),
      tie('double').map((value) => `int(${value})`),
      tie('text').map((value) => `int('1' + ${value})`),
      fc.integer({ min: -3, max: 3 }).map((value) => `-(${value})`),
      when(tie('int')),
    ),
    uint: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.nat({ max: 9 }).map((value) => `${value}u`),
      two(tie('uint'), ['+', '-', '*', '/', '%'], tie('uint')),
      tie('int').map((value) => `uint(${value})`),
    ),
    double: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom('0.0', '1.5', '-2.25', '1e300', '3.0', '0.1'),
      two(tie('double'), ['+', '-', '*', '/'], tie('double')),
      tie('int').map((value) => `double(${value})`),
    ),
    text: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom("''", "'a'", "'ab'", "'b'", "'12'", "'-3'", "'é'", "'😀'", "'a.b'"),
      two(tie('text'), ['+'], tie('text')),
      tie('int').map((value) => `string(${value})`),
      tie('bool').map((value) => `string(${value})`),
      when(tie('text')),
    ),
    bool: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom('true', 'false'),
      two(tie('int'), ['<', '<=', '>', '>=', '==', '!='], tie('int')),
      two(tie('text'), ['<', '<=', '>', '>=', '==', '!='], tie('text')),
      two(tie('double'), ['<', '<=', '>', '>=', '==', '!='], tie('double')),
      two(tie('any'), ['==', '!=', '<', '>='], tie('any')),
      two(tie('any'), ['==', '!='], fc.constant('null')),
      two(tie('list'), ['==', '!='], tie('list')),
      two(tie('map'), ['==', '!='], tie('map')),
      two(tie('bool'), ['&&', '||', '==', '!='], tie('bool')),
      two(tie('any'), ['&&', '||'], tie('bool')),
      two(tie('any'), ['in'], tie('list')),
      two(tie('text'), ['in'], tie('map')),
      tie('bool').map((value) => `!${value}`),
      fc
        .tuple(tie('text'), fc.constantFrom('contains', 'startsWith', 'endsWith'), tie('text'))
        .map(([a, f, b]) => `${a}.${f}(${b})`),
      fc
        .tuple(tie('text'), fc.constantFrom("'^a'", "'b$'", "'[a-c]+'", "'.'", "'^$'"))
        .map(([a, b]) => `${a}.matches(${b})`),
      fc
        .tuple(
          tie('list'),
          fc.constantFrom('all', 'exists', 'exists_one'),
          fc.constantFrom('x > 1', 'x == 0', '1 / x > 0', 'x'),
        )
        .map(([list, macro, body]) => `${list}.${macro}(x, ${body})`),
      fc.tuple(tie('int'), fc.constantFrom('a', 'b')).map(([value, key]) => `has({'a': ${value}}.${key})`),
    ),
    ints: fc.array(tie('int'), { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
    list: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      tie('ints'),
      fc.array(tie('any'), { maxLength: 2 }).map((items) => `[${items.join(', ')}]`),
      two(tie('list'), ['+'], tie('list')),
      tie('list').map((list) => `${list}.map(x, x + 1)`),
      tie('list').map((list) => `${list}.filter(x, x > 1)`),
    ),
    map: fc
      .uniqueArray(fc.tuple(fc.constantFrom("'a'", "'b'", "'ab'"), tie('any')), {
        maxLength: 3,
        selector: ([key]) => key,
      })
      .map((entries) => `{${entries.map(([key, value]) => `${key}: ${value}`).join(', ')}}`),
    any: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      fc.constantFrom('1', "'a'", '2.0', '1u', 'true'),
      tie('int'),
      tie('uint'),
      tie('double'),
      tie('text'),
      tie('bool'),
      tie('list'),
      tie('map'),
      fc.tuple(tie('map'), fc.constantFrom('a', 'b')).map(([map, key]) => `${map}.${key}`),
      fc.tuple(tie('list'), fc.integer({ min: 0, max: 3 })).map(([list, at]) => `${list}[${at}]`),
    ),
  };
}).any;
