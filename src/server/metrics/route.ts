/** What requests are counted by: a word for what was asked for, however a client writes its path. */
export const ROUTES = [
  'manifests',
  'blobs',
  'uploads',
  'tags',
  'referrers',
  'catalog',
  'version',
  'registry',
  'token',
  'api',
  'console',
  'admission',
  'health',
  'metrics',
  'other',
] as const;
export type Route = (typeof ROUTES)[number];

/** Of a path without its query. */
export function routeOf(path: string): Route {
  if (path.startsWith('/v2/') || path === '/v2') {
    return registryRoute(path);
  }
  if (path.startsWith('/api/')) {
    return 'api';
  }
  if (path.startsWith('/auth/')) {
    return 'token';
  }
  if (path.startsWith('/console')) {
    return 'console';
  }
  if (path.startsWith('/admission/')) {
    return 'admission';
  }
  if (path === '/healthz' || path === '/readyz') {
    return 'health';
  }
  return path === '/metrics' ? 'metrics' : 'other';
}

function registryRoute(path: string): Route {
  if (path.length <= '/v2/'.length) {
    return 'version';
  }
  if (path.includes('/blobs/uploads')) {
    return 'uploads';
  }
  if (path.includes('/blobs/')) {
    return 'blobs';
  }
  if (path.includes('/manifests/')) {
    return 'manifests';
  }
  if (path.includes('/referrers/')) {
    return 'referrers';
  }
  if (path.endsWith('/tags/list')) {
    return 'tags';
  }
  return path === '/v2/_catalog' ? 'catalog' : 'registry';
}
