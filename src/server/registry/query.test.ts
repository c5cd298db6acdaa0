import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { Query } from './query.ts';
import { RequestError } from './request-error.ts';

const digest = digestOf('x');

test('parameters are read by what they have to be', () => {
  const query = new Query(`digest=${encodeURIComponent(digest)}&tag=a&tag=b&tag=a&from=team%2Fapp&n=5&last=x&other=1`);
  assert.equal(query.digest('digest'), digest);
  assert.equal(query.digest('mount'), null);
  assert.deepEqual(query.tags('tag'), ['a', 'b']);
  assert.equal(query.repository('from'), 'team/app');
  assert.deepEqual(query.page(), { limit: 5, after: 'x' });
  assert.deepEqual(new Query(null).page(), { limit: 1000, after: null });
  assert.deepEqual(new Query('n=999999').page(), { limit: 1000, after: null });
  assert.equal(new Query('artifactType=a/b+json').mediaType('artifactType'), 'a/b+json');
  assert.equal(new Query('artifactType=a/b%2Bjson').mediaType('artifactType'), 'a/b+json');
  assert.equal(new Query('digest-algorithm=sha512').algorithm('digest-algorithm'), 'sha512');
});

test('what they cannot be is refused', () => {
  const cases: readonly (readonly [() => unknown, number, string])[] = [
    [() => new Query('digest=sha256:1').digest('digest'), 400, 'DIGEST_INVALID'],
    [() => new Query(`digest=${digest}&digest=${digest}`).digest('digest'), 400, 'UNSUPPORTED'],
    [() => new Query('digest-algorithm=md5').algorithm('digest-algorithm'), 400, 'DIGEST_INVALID'],
    [() => new Query('from=../x').repository('from'), 400, 'NAME_INVALID'],
    [() => new Query('tag=-x').tags('tag'), 400, 'MANIFEST_INVALID'],
    [() => new Query(Array.from({ length: 51 }, (_, at) => `tag=${at}`).join('&')).tags('tag'), 414, 'UNSUPPORTED'],
    [() => new Query('n=-1').page(), 400, 'PAGINATION_NUMBER_INVALID'],
    [() => new Query('n=x').page(), 400, 'PAGINATION_NUMBER_INVALID'],
    [() => new Query(`last=${'x'.repeat(513)}`).page(), 400, 'PAGINATION_NUMBER_INVALID'],
    [() => new Query('last=%00').page(), 400, 'UNSUPPORTED'],
    [() => new Query('artifactType=a%00').mediaType('artifactType'), 400, 'UNSUPPORTED'],
    [() => new Query('x'.repeat(8193)), 414, 'UNSUPPORTED'],
  ];
  for (const [read, status, code] of cases) {
    assert.throws(read, (error) => error instanceof RequestError && error.status === status && error.code === code);
  }
});
