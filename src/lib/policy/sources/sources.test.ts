import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Source, TagRule } from '#model/policy.ts';
import { compileSet } from '../compile/index.ts';
import { parseDocuments, policySet } from '../documents/index.ts';
import { acceptsTag, sourceFor, upstreamOf } from './index.ts';
import { isInRange, parseRange } from './semver-range.ts';

function sourcesOf(...acquires: readonly string[]): readonly Source[] {
  const text = acquires
    .map(
      (acquire, index) =>
        `apiVersion: plimsoll.dev/v1\nkind: Source\nmetadata: { name: s${index} }\nacquire: ${acquire}\n`,
    )
    .join('---\n');
  return policySet(parseDocuments(text, 'sources.yaml')).sources;
}

const HUB =
  '{ registry: docker.io, repositories: [library/*, acme/app], tags: [{ exact: latest }, { semver: ^3 }], into: mirror, environment: production }';
const OWN = '{ registry: "registry.example:5000", repositories: [team/**], into: team, environment: staging }';

describe('which source takes an image', () => {
  const sources = sourcesOf(HUB, OWN);
  const DIGEST = `sha256:${'1'.repeat(64)}` as const;
  const cases = [
    ['docker.io', 'library/alpine', 'latest', 's0', 'mirror/library/alpine'],
    ['docker.io', 'alpine', '3.10.9', 's0', 'mirror/library/alpine'],
    ['index.docker.io', 'acme/app', 'v3.1.0', 's0', 'mirror/acme/app'],
    ['registry.example:5000', 'team/a/b', null, 's1', 'team/team/a/b'],
  ] as const;
  for (const [registry, path, tag, name, repository] of cases) {
    it(`${registry}/${path}:${tag ?? '@'}`, () => {
      const pointer = tag === null ? { digest: DIGEST as never } : { tag };
      const found = sourceFor(sources, { registry, path, pointer });
      assert.ok(found.kind === 'taken', JSON.stringify(found));
      assert.deepEqual([found.source.name, found.repository], [name, repository]);
      const back = upstreamOf(sources, repository, pointer);
      assert.ok(back?.kind === 'taken');
      assert.deepEqual([back.registry, back.path, back.source.name], [found.registry, found.path, name]);
    });
  }
  const refused = [
    [
      'docker.io',
      'library/alpine',
      'edge',
      's0',
      /the source s0 takes of docker\.io\/library\/alpine: latest, versions \^3/,
    ],
    [
      'docker.io',
      'acme/other',
      'latest',
      's0',
      /no source takes docker\.io\/acme\/other: s0 takes library\/\*, acme\/app/,
    ],
    ['docker.io', 'library/a/b', 'latest', 's0', /no source takes docker\.io\/library\/a\/b/],
    [
      'registry.example:5000',
      'team/a',
      '1.0.0',
      's1',
      /takes of registry\.example:5000\/team\/a: no tag, only digests/,
    ],
    [
      'registry.example',
      'team/a',
      '1.0.0',
      's1',
      /no source takes images of registry\.example.*registry\.example:5000/,
    ],
    [
      'quay.io',
      'a/b',
      'latest',
      null,
      /no source takes images of quay\.io, only of docker\.io, registry\.example:5000/,
    ],
    ['docker.io', 'library/../etc', 'latest', 's0', /no source takes/],
    ['docker.io', '', 'latest', null, /no name of a repository/],
    ['docker.io', 'library/alpine', '../../x', 's0', /takes of/],
  ] as const;
  for (const [registry, path, tag, name, reason] of refused) {
    it(`not ${registry}/${path}:${tag}`, () => {
      const found = sourceFor(sources, { registry, path, pointer: { tag } });
      assert.ok(found.kind === 'not-taken');
      assert.match(found.reason, reason);
      assert.equal(found.source, name);
    });
  }
  it('a name that would be too long for ours is refused', () => {
    const path = `team/${'a'.repeat(250)}`;
    const found = sourceFor(sources, { registry: 'registry.example:5000', path, pointer: { digest: DIGEST as never } });
    assert.ok(found.kind === 'not-taken' && /would be no name/.test(found.reason));
  });
  it('of repositories that no source brings nothing is said', () => {
    for (const name of [
      'mirror',
      'mirror/alpine',
      'mirrors/library/alpine',
      'mirror/library/a/b',
      'other/x',
      'mirror/acme/app2',
    ]) {
      assert.equal(upstreamOf(sources, name, { tag: 'latest' }), null, name);
    }
    assert.equal(upstreamOf(sources, 'mirror/library/alpine', { tag: 'edge' })?.kind, 'not-taken');
  });
});

describe('rules of tags', () => {
  const cases: readonly (readonly [TagRule, readonly string[], readonly string[]])[] = [
    [{ kind: 'exact', tag: 'latest' }, ['latest'], ['latest2', 'Latest', '', 'latest ']],
    [{ kind: 'matches', pattern: '3\\.[0-9]+' }, ['3.1', '3.19'], ['3.1.1', 'x3.1', '3.', 'v3.1', '3x1']],
    [{ kind: 'matches', pattern: 'a|b' }, ['a', 'b'], ['ab', 'ac', 'cb']],
    [{ kind: 'matches', pattern: '.*' }, ['x', 'sha256-1'], ['', 'a b', 'a\n', '.hidden', 'a'.repeat(129)]],
    [
      { kind: 'semver', range: '>=1.2 <2' },
      ['1.2.0', 'v1.9.9'],
      ['1.1.9', '2.0.0', '1.2', '1.5.0-rc.1', 'latest', '2.0.0-rc.1'],
    ],
  ];
  for (const [rule, yes, no] of cases) {
    it(JSON.stringify(rule), () => {
      for (const tag of yes) {
        assert.ok(acceptsTag([rule], tag), tag);
      }
      for (const tag of no) {
        assert.ok(!acceptsTag([rule], tag), tag);
      }
    });
  }
  it('no rule takes no tag', () => assert.ok(!acceptsTag([], 'latest')));
});

describe('ranges, as npm has them', () => {
  const cases: readonly (readonly [range: string, yes: readonly string[], no: readonly string[]])[] = [
    ['1.2.3', ['1.2.3'], ['1.2.4', '1.2.3-rc.1']],
    ['=1.2', ['1.2.0', '1.2.9'], ['1.3.0', '1.1.9', '1.3.0-0']],
    ['1.x', ['1.0.0', '1.99.0'], ['2.0.0', '0.9.9']],
    ['*', ['0.0.0', '99.0.0'], ['1.0.0-rc.1']],
    ['>1.2', ['1.3.0'], ['1.2.9', '1.2.0']],
    ['>1.2.3', ['1.2.4'], ['1.2.3']],
    ['<=1.2', ['1.2.9', '1.0.0'], ['1.3.0']],
    ['<1.2', ['1.1.9'], ['1.2.0', '1.2.0-rc.1']],
    ['^1.2.3', ['1.2.3', '1.9.0'], ['2.0.0', '1.2.2', '2.0.0-alpine']],
    ['^0.2.3', ['0.2.9'], ['0.3.0', '0.2.2']],
    ['^0.0.3', ['0.0.3'], ['0.0.4']],
    ['^0.0', ['0.0.9'], ['0.1.0']],
    ['^0', ['0.9.9'], ['1.0.0']],
    ['~1.2.3', ['1.2.9'], ['1.3.0', '1.2.2']],
    ['~1', ['1.9.0'], ['2.0.0']],
    ['~1.2', ['1.2.0'], ['1.3.0']],
    ['>=1.2.3-rc.2', ['1.2.3-rc.2', '1.2.3-rc.10', '1.2.3', '9.0.0'], ['1.2.3-rc.1', '1.2.4-rc.3']],
    ['1.2 || >=3 <4', ['1.2.5', '3.0.0'], ['1.3.0', '2.0.0', '4.0.0']],
    ['<*', [], ['0.0.0', '1.0.0']],
    ['>=99999999999.0.0', [], []],
  ];
  for (const [text, yes, no] of cases.slice(0, -1)) {
    it(text, () => {
      const range = parseRange(text);
      assert.ok(range !== null);
      for (const version of yes) {
        assert.ok(isInRange(range, version), version);
      }
      for (const version of no) {
        assert.ok(!isInRange(range, version), version);
      }
    });
  }
  for (const text of [
    '',
    ' ',
    '||',
    '1.2 ||',
    '>= 1.2',
    'latest',
    '1.2.3.4',
    '01.2.3',
    '1.x.3',
    '1.2-rc',
    '1.2.3-',
    '>=99999999999.0.0',
    '1 - 2',
    '1.2.3-01',
    `1${' '.repeat(300)}`,
  ]) {
    it(`not ${JSON.stringify(text.slice(0, 20))}`, () => assert.equal(parseRange(text), null));
  }
});

describe('sources that do not go together are an issue of the set', () => {
  const issuesOf = (...acquires: readonly string[]) => {
    const result = compileSet(policySet(sourcesOf(...acquires)));
    return result.issues.map(({ code, line, place, message }) => ({ code, line, place, message }));
  };
  const source = (registry: string, repositories: string, into: string, more = '') =>
    `{ registry: ${registry}, repositories: [${repositories}], into: ${into}, environment: production${more} }`;
  const clashes: readonly (readonly [string, string, RegExp])[] = [
    [
      source('docker.io', 'library/*', 'mirror'),
      source('quay.io', 'library/nginx', 'mirror'),
      /found mirror, where sources\.yaml, the source s0 brings others of docker\.io/,
    ],
    [source('docker.io', 'library/*', 'mirror'), source('quay.io', '"*"', 'mirror/library'), /found mirror\/library/],
    [source('docker.io', '"**"', 'mirror'), source('quay.io', 'a/b/c', 'mirror'), /found mirror/],
    [source('quay.io', 'a/**', 'm'), source('ghcr.io', '"*/**"', 'm'), /found m/],
    [source('quay.io', 'a/*', 'm'), source('quay.io', 'a/b', 'm', ', trust: t'), /expected the same trust .* found t/],
    [
      source('quay.io', 'a/*', 'm', ', trust: t'),
      source('quay.io', 'a/b', 'm'),
      /expected the same trust .* found none/,
    ],
  ];
  for (const [one, other, message] of clashes) {
    it(String(message), () => {
      const [issue, ...more] = issuesOf(one, other);
      assert.deepEqual(more, []);
      assert.equal(issue?.code, 'source-conflict');
      assert.deepEqual([issue.line, issue.place], [9, 'acquire > into']);
      assert.match(issue.message, message);
    });
  }
  const together = [
    [source('docker.io', 'library/*', 'mirror'), source('quay.io', 'acme/*', 'mirror')],
    [source('docker.io', 'library/*', 'mirror'), source('quay.io', 'library/*', 'quay')],
    [
      source('docker.io', 'library/*', 'mirror'),
      source('docker.io', 'library/nginx', 'mirror', ', tags: [{ exact: a }]'),
    ],
    [source('quay.io', 'a/*', 'm'), source('ghcr.io', 'a/b/c', 'm')],
    [source('quay.io', 'a/**', 'm'), source('ghcr.io', 'a', 'm')],
  ] as const;
  for (const [one, other] of together) {
    it(`not ${one} and ${other}`, () => assert.deepEqual(issuesOf(one, other), []));
  }
});
