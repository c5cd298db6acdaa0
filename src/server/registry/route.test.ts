import assert from 'node:assert/strict';
import { test } from 'node:test';
import { digestOf } from '#base/digest.ts';
import { RequestError } from './request-error.ts';
import { parseRoute, type Route } from './route.ts';

const sha256 = digestOf('x');
const sha512 = digestOf('x', 'sha512');
const id = '01a20657-efad-7329-900c-29ea8e314fed';

test('paths of the distribution API', () => {
  const cases: readonly (readonly [string, Route])[] = [
    ['/v2/', { kind: 'ping' }],
    ['/v2', { kind: 'ping' }],
    ['/v2/_catalog', { kind: 'catalog' }],
    ['/v2/a/tags/list', { kind: 'tags', repository: 'a' }],
    ['/v2/a/b/c/tags/list', { kind: 'tags', repository: 'a/b/c' }],
    ['/v2/a/manifests/V1.0_x-y', { kind: 'manifest', repository: 'a', pointer: { tag: 'V1.0_x-y' } }],
    [`/v2/a/b/manifests/${sha256}`, { kind: 'manifest', repository: 'a/b', pointer: { digest: sha256 } }],
    [`/v2/a/b/manifests/${sha512}`, { kind: 'manifest', repository: 'a/b', pointer: { digest: sha512 } }],
    [`/v2/a/blobs/${sha256}`, { kind: 'blob', repository: 'a', digest: sha256 }],
    [`/v2/a/referrers/${sha512}`, { kind: 'referrers', repository: 'a', digest: sha512 }],
    ['/v2/a/blobs/uploads/', { kind: 'uploads', repository: 'a' }],
    [`/v2/a/blobs/uploads/${id}`, { kind: 'upload', repository: 'a', id }],
    // Names may be words of the API.
    ['/v2/blobs/uploads/manifests/list', { kind: 'manifest', repository: 'blobs/uploads', pointer: { tag: 'list' } }],
    ['/v2/tags/tags/list', { kind: 'tags', repository: 'tags' }],
    [
      '/v2/v2/manifests/manifests/manifests',
      { kind: 'manifest', repository: 'v2/manifests', pointer: { tag: 'manifests' } },
    ],
  ];
  for (const [path, route] of cases) {
    assert.deepEqual(parseRoute(path), route, path);
  }
});

test('what is no path of it', () => {
  const cases: readonly (readonly [path: string, status: number, code: string])[] = [
    ['', 404, 'NAME_UNKNOWN'],
    ['/', 404, 'NAME_UNKNOWN'],
    ['/v1/a/tags/list', 404, 'NAME_UNKNOWN'],
    ['/v2/_catalog/', 404, 'NAME_UNKNOWN'],
    ['/v2/a', 404, 'NAME_UNKNOWN'],
    ['/v2/a/tags', 404, 'NAME_UNKNOWN'],
    ['/v2/a/tags/list/', 404, 'NAME_UNKNOWN'],
    ['/v2//tags/list', 400, 'NAME_INVALID'],
    ['/v2/a//b/tags/list', 400, 'NAME_INVALID'],
    ['/v2/a/../b/tags/list', 400, 'NAME_INVALID'],
    ['/v2/./a/tags/list', 400, 'NAME_INVALID'],
    ['/v2/a%2fb/tags/list', 400, 'NAME_INVALID'],
    ['/v2/a%00/tags/list', 400, 'NAME_INVALID'],
    ['/v2/a/manifests/%2e%2e', 400, 'NAME_INVALID'],
    ['/v2/a\\b/tags/list', 400, 'NAME_INVALID'],
    ['/v2/a\u0000/tags/list', 400, 'NAME_INVALID'],
    ['/v2/a;x/tags/list', 400, 'NAME_INVALID'],
    ['/v2/ä/tags/list', 400, 'NAME_INVALID'],
    ['/v2/A/tags/list', 400, 'NAME_INVALID'],
    ['/v2/tags/list', 400, 'NAME_INVALID'],
    [`/v2/${'a'.repeat(256)}/tags/list`, 400, 'NAME_INVALID'],
    [`/v2/${'a/'.repeat(300)}tags/list`, 404, 'NAME_UNKNOWN'],
    ['/v2/a/manifests/', 400, 'MANIFEST_INVALID'],
    ['/v2/a/manifests/.x', 400, 'MANIFEST_INVALID'],
    [`/v2/a/manifests/${'x'.repeat(129)}`, 400, 'MANIFEST_INVALID'],
    ['/v2/a/manifests/sha256:baddigeststring', 400, 'DIGEST_INVALID'],
    [`/v2/a/manifests/${sha256.toUpperCase()}`, 400, 'DIGEST_INVALID'],
    [`/v2/a/blobs/md5:${'0'.repeat(32)}`, 400, 'DIGEST_INVALID'],
    ['/v2/a/blobs/uploads', 400, 'DIGEST_INVALID'],
    ['/v2/a/blobs/latest', 400, 'DIGEST_INVALID'],
    ['/v2/a/blobs/uploads/../../x', 404, 'NAME_UNKNOWN'],
    ['/v2/a/blobs/uploads/nothing', 404, 'BLOB_UPLOAD_UNKNOWN'],
  ];
  for (const [path, status, code] of cases) {
    assert.throws(
      () => parseRoute(path),
      (error) => error instanceof RequestError && error.status === status && error.code === code,
      path,
    );
  }
});
