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

evidence('oci/credential-files', 'real tool', 'skopeo login writes the file; skopeo finds the same in others');
evidence('oci/credential-helpers', 'real tool', 'skopeo asks the same helpers and sends what they say');

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

function install(name: string, script: string): void {
  writeFileSync(join(folder, `docker-credential-${name}`), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, `docker-credential-${name}`), 0o755);
}

async function userOf(files: readonly string[], registry: string, repository: string | null = 'a/b') {
  const access = sourceAccess({ credentialFiles: files, environment: { PATH: `${folder}:/usr/bin:/bin` } });
  const found = await findCredential(access, registry, repository, AbortSignal.timeout(60_000));
  return found?.credential.kind === 'password' ? found.credential.username : null;
}

install(
  'all',
  `read server
echo "{\\"ServerURL\\":\\"$server\\",\\"Username\\":\\"helper of $server\\",\\"Secret\\":\\"pw\\"}"`,
);
install(
  'store',
  `read server
case $server in
  helped.example|https://index.docker.io/v1/|helped.example/team) echo "{\\"Username\\":\\"helper of $server\\",\\"Secret\\":\\"s\\"}";;
  *) echo "credentials not found in native keychain"; exit 1;;
esac`,
);

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
    const both = write('both.json', { auths: { 'r.example/a': entry('a'), 'r.example/a/b': entry('a/b') } });
    assert.equal(await userOf([both], 'r.example'), 'a/b');
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

  it('are read from what skopeo login writes', { skip: missing('skopeo') }, () =>
    withRegistry(async (registry) => {
      const path = join(folder, 'skopeo.json');
      const login = ['login', '--authfile', path, '--username', 'ann', '--password-stdin', registry];
      assert.equal(await skopeo(login, 'p:w'), 0);
      const access = sourceAccess({ credentialFiles: [path] });
      assert.deepEqual(await findCredential(access, registry, 'any', AbortSignal.timeout(60_000)), {
        credential: { kind: 'password', username: 'ann', password: 'p:w' },
        from: path,
      });
    }),
  );

  it('are those that skopeo sends', { skip: missing('skopeo') }, () =>
    withRegistry(async (registry, sent) => {
      const auths = {
        [registry]: entry('registry'),
        [`${registry}/team`]: entry('team'),
        [`${registry}/team/app/tool`]: entry('tool'),
        [`${registry}/team/app/toolbox`]: entry('toolbox'),
      };
      const cases: readonly (readonly [document: unknown, repository: string, user: string])[] = [
        [{ auths }, 'other/app', 'registry'],
        [{ auths }, 'team/app', 'team'],
        [{ auths }, 'team/app/tool', 'tool'],
        [{ auths }, 'team/app/tools', 'team'],
        [{ auths }, 'teams/app', 'registry'],
        [{ credHelpers: { [registry]: 'all' } }, 'team/app', `helper of ${registry}`],
        [{ auths: { [registry]: {} }, credHelpers: { [registry]: 'all' } }, 'team/app', `helper of ${registry}`],
      ];
      for (const [index, [document, repository, user]] of cases.entries()) {
        const path = write(`skopeo-${index}.json`, document);
        sent.length = 0;
        await skopeo(['inspect', '--authfile', path, `docker://${registry}/${repository}:latest`]);
        assert.equal(await userOf([path], registry, repository), user);
        const users = sent.map(
          (header) => Buffer.from(header.slice('Basic '.length), 'base64').toString().split(':pw')[0],
        );
        assert.ok(users.length > 0 && users.every((other) => other === user), `${user}: ${users.join(', ')}`);
      }
    }),
  );
});

/** A registry that asks for Basic authentication, takes ann's, has nothing, and notes what it was sent. */
async function withRegistry(test: (registry: string, sent: string[]) => Promise<void>): Promise<void> {
  const sent: string[] = [];
  const server = createServer((request, response) => {
    const { authorization } = request.headers;
    if (authorization !== undefined) {
      sent.push(authorization);
    }
    const status = authorization === undefined ? 401 : request.url === '/v2/' ? 200 : 404;
    response.writeHead(status, { 'www-authenticate': 'Basic realm="test"' }).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  try {
    await test(`127.0.0.1:${(server.address() as AddressInfo).port}`, sent);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function skopeo([command = '', ...options]: readonly string[], input = ''): Promise<number | null> {
  const child = spawn('skopeo', [command, '--tls-verify=false', ...options], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: `${folder}:${process.env['PATH']}`, HOME: folder },
  });
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return code;
}
