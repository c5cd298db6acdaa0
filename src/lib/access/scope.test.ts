import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isWithinGrant, parseGrant } from './grant.ts';
import { contains, covers, parseScope } from './scope.ts';

function scopeOf(text: string) {
  const scope = parseScope(text);
  assert.ok(scope !== null, text);
  return scope;
}

describe('a scope', () => {
  const cases: readonly (readonly [scope: string, repository: string, held: boolean])[] = [
    ['*', 'team/app', true],
    ['*', 'app', true],
    ['team/app', 'team/app', true],
    ['team/app', 'team/app2', false],
    ['team/app', 'team/app/x', false],
    ['team/*', 'team/app', true],
    ['team/*', 'team/app/x', true],
    ['team/*', 'team', false],
    ['team/*', 'team2/app', false],
    ['team/*', 'teams', false],
    ['team/a/*', 'team/a/b', true],
    ['team/a/*', 'team/ab', false],
    ['*', 'Team/app', false],
    ['*', '../app', false],
    ['team/*', 'team/../other', false],
    ['team/*', 'team/', false],
  ];
  for (const [scope, repository, held] of cases) {
    it(`${scope} ${held ? 'holds' : 'does not hold'} ${repository}`, () => {
      assert.equal(covers(scopeOf(scope), repository), held);
    });
  }

  it('is written in one way', () => {
    const texts = [
      '',
      ' ',
      '**',
      '/*',
      'team/',
      'team//*',
      'team/**',
      'te*m',
      'team*',
      '*/app',
      'Team/*',
      'team/*/',
      './*',
      '../*',
    ];
    for (const text of [...texts, 'team/*/app', '*/*', 'team/* ', 'team/%2a', 'team\u0000/*', '＊']) {
      assert.equal(parseScope(text), null, text);
    }
  });
});

const segment = fc.constantFrom('a', 'b', 'ab', 'a-b');
const name = fc.array(segment, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const scopes = fc.oneof(
  fc.constant('*'),
  name,
  name.map((text) => `${text}/*`),
);

describe('by laws', () => {
  it('a scope holds whole segments', () => {
    fc.assert(
      fc.property(name, name, (prefix, repository) => {
        const [outer, inner] = [prefix.split('/'), repository.split('/')];
        const isBelow = inner.length > outer.length && outer.every((part, at) => part === inner[at]);
        assert.equal(covers(scopeOf(`${prefix}/*`), repository), isBelow);
      }),
    );
  });

  it('what is contained holds nothing else', () => {
    fc.assert(
      fc.property(scopes, scopes, name, (outer, inner, repository) => {
        if (contains(scopeOf(outer), scopeOf(inner)) && covers(scopeOf(inner), repository)) {
          assert.ok(covers(scopeOf(outer), repository));
        }
      }),
    );
  });

  it('every scope contains itself, and only all contains all', () => {
    fc.assert(
      fc.property(scopes, (text) => {
        assert.ok(contains(scopeOf(text), scopeOf(text)));
        assert.equal(contains(scopeOf(text), { kind: 'all' }), text === '*');
      }),
    );
  });
});

describe('a grant', () => {
  it('is read strictly', () => {
    assert.deepEqual(parseGrant('deployer', 'team/*', 'production'), {
      role: 'deployer',
      scope: 'team/*',
      environment: 'production',
    });
    for (const [role, scope, environment] of [
      ['root', '*', '*'],
      ['Admin', '*', '*'],
      ['viewer', 'team/', '*'],
      ['viewer', '*', 'production'],
      ['deployer', '*', 'Production'],
      ['deployer', '*', ''],
      ['deployer', '*', '-x'],
      ['deployer', '*', 'x'.repeat(64)],
    ] as const) {
      assert.throws(
        () => parseGrant(role, scope, environment),
        { code: 'GRANT_INVALID' },
        `${role} ${scope} ${environment}`,
      );
    }
  });

  it('is passed on by whoever holds as much', () => {
    const all = parseGrant('admin', '*', '*');
    const team = parseGrant('admin', 'team/*', '*');
    assert.ok(isWithinGrant(parseGrant('publisher', 'team/app', '*'), team));
    assert.ok(!isWithinGrant(parseGrant('publisher', 'team2/app', '*'), team));
    assert.ok(!isWithinGrant(all, team));
    assert.ok(isWithinGrant(team, all));
    assert.ok(!isWithinGrant(team, parseGrant('publisher', '*', '*')));
  });
});
