import assert from 'node:assert/strict';
import { copyFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from 'node:tls';
import { silentLog } from '#base/log.ts';
import { evidence } from '#test/evidence.ts';
import { OpensslAuthority } from '#test/fixtures/openssl-authority.ts';
import { missing } from '#test/prerequisites.ts';
import { readTls, renewTls } from './tls.ts';

evidence('platform/processes', 'real tool', 'certificates of openssl, replaced while a listener uses them');

/** The common name of the certificate that a new connection is shown. */
async function shownAt(port: number): Promise<string> {
  return await new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + 30_000; !(await holds()); await sleep(10)) {
    assert.ok(performance.now() < deadline, what);
  }
}

test('a certificate that is replaced is used for new connections; one that cannot be used is not', {
  skip: missing('openssl'),
}, async (context) => {
  const authority = new OpensslAuthority();
  context.after(() => authority.close());
  for (const name of ['first', 'second']) {
    authority.makeRoot(name, []);
  }
  const use = (name: string): void => {
    copyFileSync(authority.path(`${name}.key`), authority.path('tls.key'));
    copyFileSync(authority.path(`${name}.crt`), authority.path('tls.crt'));
  };
  use('first');
  const tls = { certificate: authority.path('tls.crt'), key: authority.path('tls.key'), clientCa: null };
  const told: string[] = [];
  const log = { ...silentLog, error: (message: string) => void told.push(message) };
  const server = renewTls(createServer(await readTls(tls)), tls, { log, everyMs: 10 });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  assert.equal(await shownAt(port), 'first');
  use('second');
  await until('the second certificate', async () => (await shownAt(port)) === 'second');
  told.length = 0;
  writeFileSync(authority.path('tls.key'), 'no key');
  await until('a word about it', () => told.length > 0);
  assert.equal(await shownAt(port), 'second');
});
