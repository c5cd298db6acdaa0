import assert from 'node:assert/strict';
import { isDigest } from '#base/digest.ts';
import { AppError } from '#base/error.ts';
import { isRepositoryName } from '#model/platform/repository-name.ts';
import { RequestError } from '#server/registry/request-error.ts';
import { parseRoute, type Route } from '#server/registry/route.ts';
import { type FuzzTarget, invariant } from '../../tools/fuzz/target.ts';

const DIGEST = `sha256:${'0'.repeat(64)}`;
const ID = '01a20657-efad-7329-900c-29ea8e314fed';

/** Paths of the registry: what is accepted is the one path of what it says, so that no two paths mean one thing. */
export const registryPath: FuzzTarget = {
  id: 'registry-path',
  seeds: () =>
    [
      '/v2/',
      '/v2/_catalog',
      '/v2/team/app/tags/list',
      `/v2/team/app/manifests/${DIGEST}`,
      '/v2/team/app/manifests/v1.0',
      `/v2/a/blobs/${DIGEST}`,
      `/v2/a/referrers/${DIGEST}`,
      '/v2/a/b/c/blobs/uploads/',
      `/v2/a/blobs/uploads/${ID}`,
    ].map((path) => Buffer.from(path)),
  maxMillis: 50,
  dictionary: [
    '/',
    '//',
    '..',
    '%2f',
    '%00',
    '\\',
    'blobs',
    'uploads',
    'manifests',
    'tags',
    'list',
    'referrers',
    '_catalog',
    ':',
  ],
  run: (input) => {
    const path = Buffer.from(input).toString('latin1');
    const route = routeOf(path);
    invariant('it is the path of what it says', () => {
      assert.equal(pathOf(route), path === '/v2' ? '/v2/' : path);
    });
    invariant('its name is a name', () => {
      assert.ok(!('repository' in route) || isRepositoryName(route.repository));
      assert.ok(!('digest' in route) || isDigest(route.digest));
    });
  },
};

/** An answer that is an error is a refusal. */
function routeOf(path: string): Route {
  try {
    return parseRoute(path);
  } catch (error) {
    throw error instanceof RequestError ? new AppError(error.code, error.message) : error;
  }
}

function pathOf(route: Route): string {
  switch (route.kind) {
    case 'ping':
      return '/v2/';
    case 'catalog':
      return '/v2/_catalog';
    case 'tags':
      return `/v2/${route.repository}/tags/list`;
    case 'manifest':
      return `/v2/${route.repository}/manifests/${'tag' in route.pointer ? route.pointer.tag : route.pointer.digest}`;
    case 'blob':
      return `/v2/${route.repository}/blobs/${route.digest}`;
    case 'referrers':
      return `/v2/${route.repository}/referrers/${route.digest}`;
    case 'uploads':
      return `/v2/${route.repository}/blobs/uploads/`;
    case 'upload':
      return `/v2/${route.repository}/blobs/uploads/${route.id}`;
  }
}
