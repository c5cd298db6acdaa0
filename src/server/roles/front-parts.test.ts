import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '#base/clock.ts';
import { silentLog } from '#base/log.ts';
import { applyDocuments } from '#stages/catalog/documents/index.ts';
import { basic } from '#test/fixtures/api-server.ts';
import { environmentText, policyText, ROOT, sourceText } from '#test/fixtures/documents-world.ts';
import { loadServerConfig } from '../config/index.ts';
import { openDocuments } from '../documents/index.ts';
import { door, SlowClients } from '../http/index.ts';
import { createMeter } from '../metrics/index.ts';
import { openFrontParts } from './front-parts.ts';
import { openStores } from './open-stores.ts';

test('the registry of a server asks its sources for what it does not have', async (context) => {
  const home = mkdtempSync(join(tmpdir(), 'plimsoll-front-'));
  const config = await loadServerConfig({ file: null, home, cacheBytes: 1 }, {});
  const stores = await openStores(config, { clock: systemClock, log: silentLog });
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const parts = { ...stores, clock: systemClock, log: silentLog, publicUrl: url };
  const slowClients = new SlowClients();
  context.after(async () => {
    slowClients.stop();
    server.closeAllConnections();
    server.close();
    await stores.store.close();
    rmSync(home, { recursive: true, force: true });
  });
  const options = { config, services: ['registry'], version: '0.0.0', meter: createMeter('front') } as const;
  const { registry, credential } = await openFrontParts(parts, options);
  const never = new AbortController().signal;
  const around = {
    clock: systemClock,
    log: silentLog,
    clientAddress: () => '127.0.0.1',
    rateLimit: null,
    slowClients,
    stopping: never,
    draining: never,
    routeOf: () => 'test',
    onRequest: () => undefined,
  };
  server.on(
    'request',
    door(around, async (request) => await registry?.(request)),
  );
  const { context: documents } = openDocuments({ ...parts, random: randomBytes }, config);
  const text = [
    policyText('any'),
    environmentText('production', 'any'),
    sourceText('hub', '  firstPull: { mode: hold, wait: 1s }\n'),
  ].join('---\n');
  const applied = await applyDocuments(documents, ROOT, [{ path: 'a.yaml', text }], { isDryRun: false });
  assert.ok(applied.isWritten, JSON.stringify(applied));

  const answer = await fetch(`${url}/v2/mirror/library/alpine/manifests/latest`, {
    headers: { authorization: basic({ name: '', secret: '', ...credential }) },
  });
  assert.deepEqual([answer.status, answer.headers.get('retry-after') !== null], [429, true], await answer.text());
  const filter = { prefixes: null, source: 'hub', state: null, after: null, limit: 2 };
  assert.equal((await stores.store.records.acquisitions.list(filter)).length, 1);
});
