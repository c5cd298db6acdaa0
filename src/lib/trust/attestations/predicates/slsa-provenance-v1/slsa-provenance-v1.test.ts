import assert from 'node:assert/strict';
import { test } from 'node:test';
import { predicateReaderContract } from '../contract.ts';
import { slsaProvenanceV1 } from './index.ts';

const TYPE = 'https://slsa.dev/provenance/v1';
const EXAMPLE = {
  buildDefinition: {
    buildType: 'https://example.com/build/v1',
    externalParameters: { workflow: { ref: 'refs/heads/main', repository: 'https://example.com/app' } },
    internalParameters: { runner: 'a' },
    resolvedDependencies: [{ name: 'app', uri: 'git+https://example.com/app', digest: { gitCommit: 'c0ffee' } }, {}],
  },
  runDetails: {
    builder: { id: 'https://example.com/builder', version: { a: '1' } },
    metadata: { invocationId: 'run-1', startedOn: '2026-01-01T00:00:00Z', finishedOn: '2026-01-01T00:00:01.5+01:00' },
  },
};

predicateReaderContract(slsaProvenanceV1, {
  predicateType: TYPE,
  example: EXAMPLE,
  required: [
    'buildDefinition',
    'buildDefinition.buildType',
    'buildDefinition.externalParameters',
    'runDetails',
    'runDetails.builder',
    'runDetails.builder.id',
  ],
});

test('every member that a policy asks for', () => {
  assert.deepEqual(slsaProvenanceV1.read(EXAMPLE, TYPE, 'x'), {
    kind: 'provenance',
    version: '1',
    builderId: 'https://example.com/builder',
    buildType: 'https://example.com/build/v1',
    externalParameters: new Map(Object.entries(EXAMPLE.buildDefinition.externalParameters)),
    configSource: null,
    resolvedDependencies: [
      { name: 'app', uri: 'git+https://example.com/app', digest: new Map([['gitCommit', 'c0ffee']]) },
      { name: null, uri: null, digest: new Map() },
    ],
    invocationId: 'run-1',
    startedOn: Date.UTC(2026, 0, 1),
    finishedOn: Date.UTC(2025, 11, 31, 23, 0, 1, 500),
    completeness: null,
    reproducible: null,
  });
});

test('a builder without an id is nobody, and a member that is there has to be of its type', () => {
  const read = (runDetails: unknown): unknown => slsaProvenanceV1.read({ ...EXAMPLE, runDetails }, TYPE, 'x');
  const unnamed = read({ builder: { id: '' } }) as { builderId: unknown };
  assert.equal(unnamed.builderId, null);
  for (const metadata of [{ startedOn: 'yesterday' }, { startedOn: '2026-02-30T00:00:00Z' }, { finishedOn: 5 }, []]) {
    assert.throws(() => read({ ...EXAMPLE.runDetails, metadata }), { code: 'PREDICATE_INVALID' });
  }
});
