import assert from 'node:assert/strict';
import { test } from 'node:test';
import { predicateReaderContract } from '../contract.ts';
import { slsaProvenanceV02 } from './index.ts';

const TYPE = 'https://slsa.dev/provenance/v0.2';
const EXAMPLE = {
  builder: { id: 'https://example.com/builder' },
  buildType: 'https://example.com/build@v1',
  invocation: {
    configSource: {
      uri: 'git+https://example.com/app@refs/heads/main',
      digest: { sha1: 'c0ffee' },
      entryPoint: 'b.yml',
    },
    parameters: { flags: '-O3' },
    environment: { arch: 'amd64' },
  },
  metadata: {
    buildInvocationId: 'run-1',
    buildStartedOn: '2026-01-01T00:00:00Z',
    buildFinishedOn: '2026-01-01T00:00:01Z',
    completeness: { parameters: true, materials: false },
    reproducible: false,
  },
  materials: [{ uri: 'git+https://example.com/app@refs/heads/main', digest: { sha1: 'c0ffee' } }],
};

predicateReaderContract(slsaProvenanceV02, {
  predicateType: TYPE,
  example: EXAMPLE,
  required: ['builder', 'builder.id', 'buildType'],
});

test('every member that a policy asks for, in the words of version 1', () => {
  assert.deepEqual(slsaProvenanceV02.read(EXAMPLE, TYPE, 'x'), {
    kind: 'provenance',
    version: '0.2',
    builderId: 'https://example.com/builder',
    buildType: 'https://example.com/build@v1',
    externalParameters: new Map([['flags', '-O3']]),
    configSource: {
      uri: 'git+https://example.com/app@refs/heads/main',
      digest: new Map([['sha1', 'c0ffee']]),
      entryPoint: 'b.yml',
    },
    resolvedDependencies: [
      { name: null, uri: 'git+https://example.com/app@refs/heads/main', digest: new Map([['sha1', 'c0ffee']]) },
    ],
    invocationId: 'run-1',
    startedOn: Date.UTC(2026, 0, 1),
    finishedOn: Date.UTC(2026, 0, 1, 0, 0, 1),
    completeness: { parameters: true, environment: false, materials: false },
    reproducible: false,
  });
});

test('nothing is claimed by members that are left out or null', () => {
  const { builder, buildType } = EXAMPLE;
  for (const more of [{}, { invocation: null, metadata: null, materials: null }]) {
    const provenance = slsaProvenanceV02.read({ builder, buildType, ...more }, TYPE, 'x');
    assert.ok(provenance.kind === 'provenance');
    assert.equal(provenance.configSource, null);
    assert.equal(provenance.completeness, null);
    assert.deepEqual([...provenance.externalParameters], []);
  }
});
