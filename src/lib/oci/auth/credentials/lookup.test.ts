import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { LIMITS } from '#base/limits.ts';
import { evidence } from '#test/evidence.ts';
import { sourceAccess } from '#test/fixtures/source-access.ts';
import { missing } from '#test/prerequisites.ts';
import { AuthError } from '../error.ts';
import { findCredential } from './lookup.ts';

evidence('oci/credential-files', 'real tool', 'skopeo login writes the file');

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-credentials-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, document: unknown): string {
  const path = join(folder, name);
  writeFileSync(path, typeof document === 'string' ? document : JSON.stringify(document));
  return path;
}

function entry(username: string): { readonly auth: string } {
  return { auth: Buffer.from(`${username}:pw`).toString('base64') };
}

async function userOf(files: readonly string[], registry: string, repository: string | null = 'a/b') {
  const access = sourceAccess({ credentialFiles: files, environment: { PATH: `${folder}:/usr/bin:/bin` } });
  const found = await findCredential(access, registry, repository, AbortSignal.timeout(20_000));
  return found?.credential.kind === 'password' ? found.credential.username : null;
}

writeFileSync(
  join(folder, 'docker-credential-store'),
  `#!/bin/sh
read server
case $server in
  helped.example|https://index.docker.io/v1/|helped.example/team) echo "{\\"Username\\":\\"helper of $server\\",\\"Secret\\":\\"s\\"}";;
  *) echo "credentials not found in native keychain"; exit 1;;
esac
`,
);
chmodSync(join(folder, 'docker-credential-store'), 0o755);

describe('credentials for a repository', () => {
  const first = write('first.json', { auths: { 'r.example/a': entry('first a'), 'r.example': entry('first') } });
  const second = write('second.json', {
    auths: { 'r.example/a/b': entry('second a/b'), 's.example': entry('second') },
  });
  const store = write('store.json', {
    credsStore: 'store',
    auths: { 'helped.example': {}, 'r.example': entry('written') },
  });
  const own = write('own.json', {
    credHelpers: { 'helped.example/team': 'store', 'r.example': '' },
    credsStore: 'nowhere',
    auths: { 'r.example': entry('own') },
  });

  it('are the most specific of the first file that has any', async () => {
    assert.equal(await userOf([first, second], 'r.example'), 'first a');
    assert.equal(await userOf([second, first], 'r.example'), 'second a/b');
    assert.equal(await userOf([first, second], 'r.example', 'other'), 'first');
    assert.equal(await userOf([first, second], 's.example'), 'second');
    assert.equal(await userOf([first, second], 't.example'), null);
  });

  it('come from a helper before what is written beside it', async () => {
    assert.equal(await userOf([store], 'helped.example'), 'helper of helped.example');
    assert.equal(await userOf([store], 'docker.io'), 'helper of https://index.docker.io/v1/');
    assert.equal(await userOf([store], 'r.example'), 'written');
    assert.equal(await userOf([store], 'none.example'), null);
  });

  it('come from the helper of the registry, not from that for all', async () => {
    assert.equal(await userOf([own], 'helped.example', 'team/x'), 'helper of helped.example/team');
    assert.equal(await userOf([own], 'r.example'), 'own');
    await assert.rejects(userOf([own], 'other.example'), { code: 'CREDENTIAL_HELPER_FAILED' });
  });

  it('are not there when the files are not', async () => {
    assert.equal(
      await userOf([join(folder, 'absent.json'), join(first, 'below-a-file'), first], 'r.example'),
      'first a',
    );
    assert.equal(await userOf([], 'r.example'), null);
  });

  it('cannot be told when a file cannot be read', async () => {
    const [broken, large] = [
      write('broken.json', '{'),
      write('large.json', ' '.repeat(LIMITS.credentialFileBytes + 1)),
    ];
    mkdirSync(join(folder, 'folder.json'));
    for (const path of [broken, join(folder, 'folder.json'), large]) {
      await assert.rejects(userOf([path, first], 'r.example'), (error) => {
        assert.ok(error instanceof AuthError && error.code === 'CREDENTIALS_FILE_INVALID', String(error));
        return error.message.startsWith(path);
      });
    }
  });

  it('are read from what skopeo login writes', { skip: missing('skopeo') }, async () => {
    const server = createServer((request, response) => {
      const allowed = request.headers.authorization === `Basic ${Buffer.from('ann:p:w').toString('base64')}`;
      response.writeHead(allowed ? 200 : 401, { 'www-authenticate': 'Basic realm="test"' }).end();
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    try {
      const registry = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      const path = join(folder, 'skopeo.json');
      const login = [
        'login',
        '--tls-verify=false',
        '--authfile',
        path,
        '--username',
        'ann',
        '--password-stdin',
        registry,
      ];
      const skopeo = spawn('skopeo', login, { stdio: ['pipe', 'ignore', 'inherit'] });
      skopeo.stdin.end('p:w');
      const [code] = await once(skopeo, 'close');
      assert.equal(code, 0);
      const access = sourceAccess({ credentialFiles: [path] });
      assert.deepEqual(await findCredential(access, registry, 'any', AbortSignal.timeout(5000)), {
        credential: { kind: 'password', username: 'ann', password: 'p:w' },
        from: path,
      });
    } finally {
      server.close();
    }
  });
});
