import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { startHostile } from '#test/fixtures/hostile-registry.ts';
import { sourceAccess } from '#test/fixtures/source-access.ts';
import { DEFAULT_SETTINGS } from '../settings/settings.ts';
import { Endpoint, locate } from './endpoint.ts';

test('an answer is let go of when its challenge cannot be met', async (context) => {
  let closed: Promise<unknown> | undefined;
  const server = await startHostile(context, (_request, response) => {
    closed = once(response, 'close', { signal: AbortSignal.timeout(25_000) });
    response.writeHead(401, { 'www-authenticate': 'Bearer realm="https://10.0.0.1/token",service="x"' });
    response.write('{');
  });
  const clock = systemClock;
  const location = locate(server.host, { ...DEFAULT_SETTINGS, tls: 'none' });
  const endpoint = new Endpoint(location, sourceAccess({ clock }), { clock }, {});
  context.after(() => endpoint.close());
  const request = { method: 'GET', repository: 'team/app', path: 'manifests/latest', headers: {} } as const;
  const { signal } = new AbortController();
  await assert.rejects(endpoint.send({ ...request, signal }), { code: 'REGISTRY_ADDRESS_REFUSED' });
  assert.ok(closed);
  await closed;
});
