import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { evidence } from '#test/evidence.ts';
import { type Challenge, parseChallenges } from './challenge.ts';
import { AuthError } from './error.ts';

evidence(
  'oci/challenges',
  'published',
  'examples of RFC 9110 and of the distribution token specification, headers of registries',
);

function plain(challenges: readonly Challenge[]): unknown {
  return challenges.map(({ scheme, token68, parameters }) => [scheme, token68 ?? Object.fromEntries(parameters)]);
}

const read: readonly (readonly [what: string, headers: readonly string[], challenges: unknown])[] = [
  [
    'RFC 9110, section 11.6.1: two challenges in one header',
    ['Basic realm="simple", Newauth realm="apps", type=1, title="Login to \\"apps\\""'],
    [
      ['basic', { realm: 'simple' }],
      ['newauth', { realm: 'apps', type: '1', title: 'Login to "apps"' }],
    ],
  ],
  [
    'the distribution token specification',
    [
      'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:samalba/my-app:pull,push"',
    ],
    [
      [
        'bearer',
        {
          realm: 'https://auth.docker.io/token',
          service: 'registry.docker.io',
          scope: 'repository:samalba/my-app:pull,push',
        },
      ],
    ],
  ],
  ['RFC 4559: a scheme alone', ['Negotiate'], [['negotiate', {}]]],
  ['a token68', ['Negotiate oYIBBzCC+/=='], [['negotiate', 'oYIBBzCC+/==']]],
  [
    'a token68 before another challenge',
    ['Negotiate YII=, Basic realm="x"'],
    [
      ['negotiate', 'YII='],
      ['basic', { realm: 'x' }],
    ],
  ],
  [
    'several headers',
    ['Bearer realm="a"', 'Basic realm=b'],
    [
      ['bearer', { realm: 'a' }],
      ['basic', { realm: 'b' }],
    ],
  ],
  [
    'blanks around the equals sign, empty elements',
    [' ,, Bearer realm = "a" ,, service\t=b,,'],
    [['bearer', { realm: 'a', service: 'b' }]],
  ],
  ['names in any case', ['BEARER Realm="a"'], [['bearer', { realm: 'a' }]]],
  [
    'a comma and a scheme inside a quoted text',
    ['Basic realm="a, Bearer realm=b"'],
    [['basic', { realm: 'a, Bearer realm=b' }]],
  ],
  ['an empty value in quotes', ['Bearer realm="",error=""'], [['bearer', { realm: '', error: '' }]]],
  [
    'a scheme without parameters before another',
    ['Negotiate, Basic realm="x"'],
    [
      ['negotiate', {}],
      ['basic', { realm: 'x' }],
    ],
  ],
  ['nothing', ['', ' , '], []],
];

const refused: readonly (readonly [what: string, header: string, problem: RegExp])[] = [
  ['a text without its end', 'Bearer realm="a', /expected a closing quote, found none/],
  ['an escape at the end', 'Bearer realm="a\\', /expected a closing quote/],
  [
    'a parameter twice',
    'Bearer realm="https://a.example",Realm="https://b.example"',
    /expected one "realm" in a challenge, found two/,
  ],
  ['control characters', 'Bearer realm="a\u0001b"', /expected no control characters/],
  [
    'something between parameters',
    'Bearer realm="a" service="b"',
    /expected a comma after the parameter, found "service/,
  ],
  ['a value that is missing', 'Bearer realm="a",service=,scope="c"', /expected a value, found ",scope/],
  ['a text where a scheme should be', '"Bearer" realm="a"', /expected a scheme, found "/],
  ['characters outside of ASCII', 'Bearer realm=ä', /expected a value/],
];

describe('challenges', () => {
  for (const [what, headers, challenges] of read) {
    it(`reads ${what}`, () => assert.deepEqual(plain(parseChallenges(headers)), challenges));
  }
  for (const [what, header, problem] of refused) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => parseChallenges([header]),
        (error) => error instanceof AuthError && error.code === 'CHALLENGE_INVALID' && problem.test(error.message),
      );
    });
  }

  const token = fc.stringMatching(/^[a-z][a-z0-9!#$%&'*+.^_`|~-]{0,8}$/);
  const value = fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map((code) => String.fromCharCode(code)) });
  const challenge = fc.record({
    scheme: token,
    parameters: fc.uniqueArray(fc.tuple(token, value), { minLength: 1, maxLength: 4, selector: ([name]) => name }),
  });

  it('reads whatever was written, in one header or in several', () => {
    fc.assert(
      fc.property(fc.array(challenge, { maxLength: 4 }), fc.boolean(), (challenges, together) => {
        const written = challenges.map(({ scheme, parameters }) => {
          const list = parameters.map(([name, text]) => `${name}="${text.replace(/["\\]/g, '\\$&')}"`);
          return `${scheme} ${list.join(', ')}`;
        });
        const expected = challenges.map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);
        assert.deepEqual(plain(parseChallenges(together ? [written.join(', ')] : written)), expected);
      }),
    );
  });

  it('ends with challenges or an AuthError for any text', () => {
    const alphabet = fc.constantFrom(...Array.from('Bearer Basic="\\, \t=x:/\u0000ä'));
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.string({ unit: alphabet, maxLength: 40 })), (text) => {
        try {
          parseChallenges([text]);
        } catch (error) {
          assert.ok(error instanceof AuthError, String(error));
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('takes no longer than the text is long', () => {
    for (const text of ['Bearer ', 'a="', 'Bearer a=b,', ',', '\\"', 'a '].map((part) => part.repeat(20_000))) {
      assert.doesNotThrow(() => {
        try {
          parseChallenges([text]);
        } catch (error) {
          assert.ok(error instanceof AuthError);
        }
      });
    }
  });
});
