import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { type Credential, startServer } from '../fixtures/server.ts';

evidence(
  'access/command-line',
  'self-made',
  'plimsoll user recover beside a server that runs, and a first start that fails',
);

const home = temporaryHome();
after(() => home.remove());

function shown(out: string): Credential {
  const [, name = '', secret = ''] = /^ {2}user +(\S+)\n {2}password +(\S+)$/m.exec(out) ?? [];
  return { name, secret };
}

describe('an account that nobody can log in with', () => {
  it('is recovered where the server runs, and the server learns of it', async (context) => {
    const server = await startServer();
    context.after(async () => await server.stop());
    const env = { PLIMSOLL_HOME: server.home };
    const { code, out, err } = await home.plimsoll(['user', 'recover', 'admin'], env);
    assert.equal(code, 0, err);
    const recovered = shown(out);
    assert.match(recovered.secret, /^[0-9a-f]{36}$/);
    const statusOf = async (as: Credential): Promise<number> => (await server.request('/api/v1/me', { as })).status;
    for (let tries = 0; (await statusOf(recovered)) !== 200; tries += 1) {
      assert.ok(tries < 100, 'the server knows the new password');
      await sleep(100);
    }
    assert.equal(await statusOf(server.admin), 401);
    const stranger = await home.plimsoll(['user', 'recover', 'nobody'], env);
    assert.equal(stranger.code, 3);
    assert.match(stranger.err, /no such user.*one of admin/s);
  });

  it('is none when the first start fails for another reason: its password was shown', async (context) => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const folder = mkdtempSync(join(tmpdir(), 'plimsoll-first-'));
    context.after(() => {
      taken.close();
      rmSync(folder, { recursive: true, force: true });
    });
    const { port } = taken.address() as AddressInfo;
    const listeners = `listeners:
  - {address: '127.0.0.1:0', serves: [registry, api, metrics]}
  - {address: '127.0.0.1:${port}', serves: [admission]}
`;
    writeFileSync(join(folder, 'plimsoll.yaml'), listeners);
    const failed = await home.plimsoll(['serve'], { PLIMSOLL_HOME: folder });
    assert.notEqual(failed.code, 0);
    assert.match(failed.err, new RegExp(`127\\.0\\.0\\.1:${port}`));
    const first = shown(failed.out);
    const server = await startServer({ home: folder });
    context.after(async () => await server.stop());
    assert.equal((await server.request('/api/v1/me', { as: first })).status, 200);
  });
});
