import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRepositoryName, projectOf } from './repository-name.ts';

test('names of repositories', () => {
  for (const name of ['app', 'team/app', 'a/b/c/d', 'a.b/c-d/e_f/g__h/i--j', '0/1', `a/${'b'.repeat(253)}`]) {
    assert.ok(isRepositoryName(name), name);
  }
});

test('what is no name of a repository', () => {
  const texts = ['', '/', 'a/', '/a', 'a//b', 'A', 'team/App', '.a', 'a.', '-a', 'a_', 'a..b', 'a___b', 'a._b'];
  for (const text of [
    ...texts,
    'a/../b',
    'a/./b',
    'a/*',
    '*',
    'a b',
    'a%2fb',
    'a\n',
    'ä',
    'a:b',
    `a/${'b'.repeat(254)}`,
  ]) {
    assert.ok(!isRepositoryName(text), text);
  }
});

test('the project is the first component', () => {
  assert.equal(projectOf('team/app/x'), 'team');
  assert.equal(projectOf('app'), 'app');
});
