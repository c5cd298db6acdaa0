import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogerContract } from '../contract.ts';
import { githubActions } from './index.ts';

evidence('catalogers/github-actions', 'real tool', 'a workflow as actionlint reads it');

const PATH = 'srv/.github/workflows/ci.yml';

catalogerContract(githubActions, { example: { path: PATH, bytes: lockFile('judged', 'workflow.yml') } });

function read(text: string | Uint8Array): Found {
  return githubActions.read({ path: PATH, bytes: typeof text === 'string' ? Buffer.from(text) : text });
}

test('it lists what is listed elsewhere', () => {
  const found = read(lockFile('judged', 'workflow.yml'));
  const listed = listOf('judged', 'workflow.yml');
  assert.ok(listed.length >= 10);
  // Of an action the repository is the package; what the repository has itself and images are none.
  const used = listed
    .filter((line) => !line.startsWith('./') && !line.startsWith('docker:'))
    .map((line) => {
      const [action = '', ref = ''] = line.split(' ');
      return `${action.split('/').slice(0, 2).join('/').toLowerCase()} ${ref}`;
    });
  assert.ok(used.length >= 10);
  assert.deepEqual(asList(found.packages), used.toSorted());
  assert.equal(found.unknowns, undefined);
  assert.ok(found.packages?.every((record) => record.type === 'github' && record.confidence === 'declared'));
});

test('workflows are known by their folder', () => {
  for (const [path, wanted] of [
    ['.github/workflows/a.yml', true],
    ['srv/.github/workflows/a.yaml', true],
    ['srv/x.github/workflows/a.yaml', false],
    ['srv/.github/workflows/sub/a.yaml', false],
    ['srv/.github/a.yml', false],
    ['a.yml', false],
  ] as const) {
    assert.equal(githubActions.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});

test('what names no repository and ref is an unknown', () => {
  const steps = ['acme/a', 'b@v1', 'acme/c@', 'acme/d@v1'].map((uses) => `      - uses: ${uses}\n`).join('');
  const found = read(`jobs:\n  a:\n    steps:\n${steps}`);
  assert.deepEqual(asList(found.packages), ['acme/d v1']);
  assert.deepEqual(found.unknowns, ['3 entries other than a repository and a ref, the first "acme/a"']);
});

test('another file is an error', () => {
  for (const text of ['', 'a: b', '- a']) {
    assert.throws(() => read(text), { object: PATH }, text);
  }
});
