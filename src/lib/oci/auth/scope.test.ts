import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { repositoryOf, scopeToAsk } from './scope.ts';

const PULL = 'repository:library/alpine:pull';

describe('the scope of a token', () => {
  const cases: readonly (readonly [what: string, challenged: string | null, asked: string])[] = [
    ['nothing', null, PULL],
    ['the same', PULL, PULL],
    [
      'another name of the repository',
      'repository:docker-remote/library/alpine:pull',
      'repository:docker-remote/library/alpine:pull',
    ],
    ['more actions', 'repository:library/alpine:pull,push,delete', PULL],
    ['only more actions', 'repository:library/alpine:push', PULL],
    ['several', 'repository:a:pull repository:b:pull,push registry:catalog:*', 'repository:a:pull repository:b:pull'],
    ['another type', 'registry:catalog:*', PULL],
    ['a host with a port in the name', 'repository:host:5000/a:pull', 'repository:host:5000/a:pull'],
    ['no scope', 'nonsense', PULL],
    ['an empty text', '', PULL],
  ];
  for (const [what, challenged, asked] of cases) {
    it(`when the challenge says ${what}`, () => assert.equal(scopeToAsk(PULL, challenged), asked));
  }

  it('is to push as well for one who is about to, whatever the first request needs', () => {
    const push = 'repository:a:pull,push';
    for (const challenged of ['repository:a:pull', 'repository:a:push', push, 'repository:a:pull,push,delete', null]) {
      assert.equal(scopeToAsk(push, challenged), push);
    }
  });

  it('names the repository', () => {
    assert.equal(repositoryOf(PULL), 'library/alpine');
    assert.equal(repositoryOf('registry:catalog:*'), null);
    assert.equal(repositoryOf(''), null);
  });
});
