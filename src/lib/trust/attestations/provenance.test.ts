import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPredicate } from './predicates/list.ts';
import type { ProvenancePredicate } from './predicates/predicate.ts';
import { checkProvenance, type ProvenanceExpectation, type ProvenanceFault } from './provenance.ts';
import { parseSource, sourcesOf } from './source.ts';

const BUILDER = 'https://example.com/builder@v1';
const SOURCE = 'https://github.com/org/repo';
const MAIN = 'refs/heads/main';
const WORKFLOW = { workflow: { repository: SOURCE, ref: MAIN, path: '.github/workflows/release.yml' } };

function version1(externalParameters: object, id = BUILDER): ProvenancePredicate {
  const predicate = {
    buildDefinition: { buildType: 'https://example.com/build/v1', externalParameters },
    runDetails: { builder: { id } },
  };
  return provenance(predicate, 'https://slsa.dev/provenance/v1');
}

function version02(invocation: object): ProvenancePredicate {
  const predicate = {
    builder: { id: BUILDER },
    buildType: 'https://example.com/build/v1',
    invocation,
    materials: [{ uri: `git+${SOURCE}@${MAIN}`, digest: { sha1: 'c0ffee' } }],
  };
  return provenance(predicate, 'https://slsa.dev/provenance/v0.2');
}

function provenance(predicate: object, type: string): ProvenancePredicate {
  const read = readPredicate(JSON.parse(JSON.stringify(predicate)), type, 'x');
  assert.ok(read.kind === 'provenance');
  return read;
}

const ANY: ProvenanceExpectation = {
  builders: [{ id: BUILDER, level: 2 }],
  minimumLevel: null,
  buildTypes: null,
  sources: null,
  refs: null,
  externalParameters: null,
};

function check(read: ProvenancePredicate, expectation: Partial<ProvenanceExpectation>): readonly ProvenanceFault[] {
  return checkProvenance(read, { ...ANY, ...expectation });
}

test('provenance that is as expected has no faults', () => {
  const expectation = {
    minimumLevel: 2,
    buildTypes: ['https://example.com/build/v1'],
    sources: ['https://github.com/org/other', `git+${SOURCE}`],
    refs: [MAIN],
    externalParameters: ['workflow'],
  };
  assert.deepEqual(check(version1(WORKFLOW), expectation), []);
  const configSource = { uri: `git+${SOURCE}@${MAIN}`, digest: { sha1: 'c0ffee' } };
  assert.deepEqual(check(version02({ configSource }), expectation), []);
  assert.deepEqual(check(version1({}), {}), []);
});

test('a builder counts by its whole id, and an empty list is nobody', () => {
  for (const id of [`${BUILDER}.1`, BUILDER.slice(0, -1), BUILDER.toUpperCase(), `${BUILDER} `]) {
    const faults = check(version1(WORKFLOW, id), {});
    assert.deepEqual(faults, [{ what: 'builder', expected: BUILDER, found: JSON.stringify(id) }]);
  }
  assert.deepEqual(check(version1(WORKFLOW, ''), {}), [
    { what: 'builder', expected: BUILDER, found: 'a builder without an id' },
  ]);
  assert.deepEqual(check(version1(WORKFLOW), { builders: [] }), [
    { what: 'builder', expected: 'none', found: JSON.stringify(BUILDER) },
  ]);
  assert.equal(check(version1(WORKFLOW, ''), { builders: [{ id: '', level: 3 }] }).length, 1);
});

test('the level of the builder is the one that the configuration grants', () => {
  assert.deepEqual(check(version1(WORKFLOW), { minimumLevel: 3 }), [
    { what: 'level', expected: 'SLSA build level 3', found: `level 2 for ${JSON.stringify(BUILDER)}` },
  ]);
  const twice = [
    { id: BUILDER, level: 3 },
    { id: BUILDER, level: 1 },
  ];
  assert.equal(check(version1(WORKFLOW), { builders: twice, minimumLevel: 2 }).length, 1);
});

test('a build type has to be one of those expected', () => {
  assert.deepEqual(check(version1(WORKFLOW), { buildTypes: ['https://example.com/build/v2'] }), [
    { what: 'build-type', expected: 'https://example.com/build/v2', found: '"https://example.com/build/v1"' },
  ]);
  assert.equal(check(version1(WORKFLOW), { buildTypes: [] }).length, 1);
});

test('parameters that nobody knows are faults', () => {
  const parameters = JSON.parse('{"workflow": {}, "inputs": {"debug": true}, "__proto__": {}}') as object;
  assert.deepEqual(
    checkProvenance(
      { ...version1({}), externalParameters: new Map(Object.entries(parameters)) },
      { ...ANY, externalParameters: ['workflow'] },
    ).map((fault) => [fault.what, fault.found]),
    [
      ['external-parameter', '"inputs"'],
      ['external-parameter', '"__proto__"'],
    ],
  );
  assert.equal(check(version02({ parameters: { flags: '-O3' } }), { externalParameters: [] }).length, 1);
  assert.deepEqual(check(version1({}), { externalParameters: [] }), []);
});

test('another source, or none, is a fault', () => {
  const expectation = { sources: [SOURCE], refs: [MAIN] };
  const cases: readonly (readonly [ProvenancePredicate, readonly (readonly [ProvenanceFault['what'], string])[]])[] = [
    [
      version1({}),
      [
        ['source', 'no source'],
        ['ref', 'no source'],
      ],
    ],
    [
      version02({}),
      [
        ['source', 'no source'],
        ['ref', 'no source'],
      ],
    ],
    // That it is among the materials does not make it the source.
    [
      version02({ configSource: { entryPoint: 'Dockerfile' } }),
      [
        ['source', 'no source'],
        ['ref', 'no source'],
      ],
    ],
    [version1({ workflow: { repository: `${SOURCE}-evil`, ref: MAIN } }), [['source', `"${SOURCE}-evil@${MAIN}"`]]],
    [
      version1({ workflow: { repository: `${SOURCE}/../evil`, ref: MAIN } }),
      [['source', `"${SOURCE}/../evil@${MAIN}"`]],
    ],
    [version1({ workflow: { repository: SOURCE, ref: 'refs/heads/main2' } }), [['ref', '"refs/heads/main2"']]],
    [version1({ workflow: { repository: SOURCE } }), [['ref', '"no ref"']]],
    [
      version1({ source: 'https://github.com@evil.example/org/repo' }),
      [
        ['source', '"https://github.com@evil.example/org/repo"'],
        ['ref', '"no ref"'],
      ],
    ],
    // Two places, and one of them says something else.
    [
      version1({ ...WORKFLOW, source: `https://evil.example/repo@${MAIN}` }),
      [['source', `"https://evil.example/repo@${MAIN}"`]],
    ],
    [version1({ source: { uri: `${SOURCE}@refs/heads/evil`, ref: MAIN } }), [['ref', '"refs/heads/evil"']]],
  ];
  for (const [read, faults] of cases) {
    assert.deepEqual(
      check(read, expectation).map((fault) => [fault.what, fault.found]),
      faults,
    );
  }
  assert.equal(check(version1(WORKFLOW), { sources: [] }).length, 1);
  assert.deepEqual(check(version1(WORKFLOW), { sources: [`${SOURCE}@${MAIN}`] }), []);
  assert.equal(check(version1(WORKFLOW), { sources: [`${SOURCE}@refs/heads/other`] }).length, 1);
  assert.equal(check(version1(WORKFLOW), { refs: [] }).length, 1);
});

test('the places in which builders name the source', () => {
  const expected = [{ repository: SOURCE, ref: MAIN }];
  const places: readonly object[] = [
    WORKFLOW,
    { source: `git+${SOURCE}@${MAIN}` },
    { source: { uri: `git+${SOURCE}@${MAIN}`, digest: { sha1: 'c0ffee' } } },
    { source: { repository: SOURCE, ref: MAIN } },
    { sourceToBuild: { repository: `git+${SOURCE}`, ref: MAIN } },
    { configSource: { uri: `${SOURCE}#${MAIN}`, path: 'Dockerfile' } },
    { repository: SOURCE, ref: MAIN },
  ];
  for (const place of places) {
    assert.deepEqual(sourcesOf(version1(place)), expected, JSON.stringify(place));
  }
});

test('a URI is taken apart into repository and ref', () => {
  const cases: readonly (readonly [string, string, string | null])[] = [
    [SOURCE, SOURCE, null],
    [`git+${SOURCE}@refs/tags/v1`, SOURCE, 'refs/tags/v1'],
    [`${SOURCE}.git#refs/heads/main:sub`, `${SOURCE}.git`, 'refs/heads/main:sub'],
    [`${SOURCE}@a@b`, SOURCE, 'a@b'],
    [`${SOURCE}@`, SOURCE, null],
    [`${SOURCE}#a@b`, SOURCE, 'a@b'],
    ['git+ssh://git@github.com/org/repo@refs/heads/main', 'ssh://git@github.com/org/repo', 'refs/heads/main'],
    ['git@github.com:org/repo.git', 'git@github.com:org/repo.git', null],
    ['https://github.com', 'https://github.com', null],
    ['', '', null],
  ];
  for (const [uri, repository, ref] of cases) {
    assert.deepEqual(parseSource(uri), { repository, ref }, uri);
  }
});
