import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { after, describe, it } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { AuthError } from '../error.ts';
import { askHelper, type HelperRequest } from './helper.ts';

evidence('oci/credential-helpers', 'self-made', 'shell scripts that speak the protocol of docker-credential-helpers');

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-helper-'));
after(() => rmSync(folder, { recursive: true, force: true }));

function install(name: string, script: string): void {
  const path = join(folder, `docker-credential-${name}`);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

async function ask(name: string, changes: Partial<HelperRequest> = {}) {
  const environment = { PATH: `${folder}:/usr/bin:/bin`, HOME: folder, ...changes.environment };
  const signal = AbortSignal.timeout(60_000);
  return await askHelper({ name, server: 'registry.example', signal, ...changes, environment });
}

function failed(problem: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof AuthError && error.code === 'CREDENTIAL_HELPER_FAILED', String(error));
    assert.match(error.message, problem);
    assert.ok(!error.message.includes('secret-word'), error.message);
    return true;
  };
}

describe('a credential helper', () => {
  it('is asked for the server on its standard input, with get', async () => {
    install(
      'echo',
      `read server; printf '{"ServerURL":"%s","Username":"%s","Secret":"s3cret"}' "$server" "$1-$server"`,
    );
    assert.deepEqual(await ask('echo'), { kind: 'password', username: 'get-registry.example', password: 's3cret' });
  });

  it('gives an identity token under the name <token>', async () => {
    install('token', `echo '{"Username":"<token>","Secret":"refresh"}'`);
    assert.deepEqual(await ask('token'), { kind: 'identity', token: 'refresh' });
  });

  it('has nothing', async () => {
    install('empty', 'echo "credentials not found in native keychain"; exit 1');
    assert.equal(await ask('empty'), null);
  });

  it('sees the folders of its user and the variables of clouds, nothing else', async () => {
    install('environment', 'env > "$HOME/seen"; echo "credentials not found in native keychain"; exit 1');
    const more = {
      AWS_PROFILE: 'a',
      HTTPS_PROXY: 'http://p',
      XDG_RUNTIME_DIR: '/run',
      PLIMSOLL_HOME: '/p',
      LD_PRELOAD: '/x.so',
      NODE_OPTIONS: '--x',
    };
    await ask('environment', { environment: { ...more, PATH: `${folder}:/usr/bin:/bin`, HOME: folder } });
    const seen = readFileSync(join(folder, 'seen'), 'utf8')
      .split('\n')
      .map((line) => line.split('=')[0] ?? '');
    for (const name of ['PATH', 'HOME', 'AWS_PROFILE', 'HTTPS_PROXY', 'XDG_RUNTIME_DIR']) {
      assert.ok(seen.includes(name), name);
    }
    for (const name of ['PLIMSOLL_HOME', 'LD_PRELOAD', 'NODE_OPTIONS']) {
      assert.ok(!seen.includes(name), name);
    }
  });

  it('fails with what it says', async () => {
    install('broken', 'echo "the key store is locked"; exit 3');
    await assert.rejects(ask('broken'), failed(/docker-credential-broken: .* exit code 3, "the key store is locked"/));
    install('complains', 'echo "no gpg\\nat all" >&2; exit 1');
    await assert.rejects(ask('complains'), failed(/exit code 1, "no gpg/));
  });

  it('fails without showing what may be a secret', async () => {
    install('leaky', `echo '{"Username":"u","Secret":"secret-word"}'; exit 1`);
    await assert.rejects(ask('leaky'), failed(/exit code 1, ""/));
    install('garbage', 'echo secret-word');
    await assert.rejects(ask('garbage'), failed(/expected a JSON object, found something else/));
    install('other', `echo '{"Password":"secret-word"}'`);
    await assert.rejects(ask('other'), failed(/expected members Username and Secret/));
    install('twice', `echo '{"Username":"u","Secret":"secret-word","Secret":"secret-word"}'`);
    await assert.rejects(ask('twice'), failed(/found a member twice/));
  });

  it('that writes without end is stopped', async () => {
    install('endless', 'exec yes secret-word');
    await assert.rejects(ask('endless', { timeoutMs: 5000 }), failed(/expected at most 65536 bytes, found more/));
  });

  it('that complains without end is not kept in memory', async () => {
    install('noisy', 'head -c 10000000 /dev/zero | tr "\\0" x >&2; exit 1');
    await assert.rejects(ask('noisy'), failed(/exit code/));
  });

  it('that does not answer is stopped', async () => {
    install('sleepy', 'exec sleep 600');
    await assert.rejects(ask('sleepy', { timeoutMs: 100 }), failed(/expected an answer within 100 ms/));
  });

  it('is stopped with the caller', async () => {
    install('patient', 'exec sleep 600');
    await assert.rejects(ask('patient', { signal: AbortSignal.timeout(50) }), { name: 'TimeoutError' });
    await assert.rejects(ask('patient', { signal: AbortSignal.abort() }), { name: 'AbortError' });
  });

  it('whose children hold its output open is not waited for', async () => {
    install('forks', 'sleep 5 & exec sleep 600');
    await assert.rejects(ask('forks', { timeoutMs: 100 }), failed(/expected an answer within/));
  });

  it('is looked for on the PATH alone', async () => {
    await assert.rejects(
      ask('nowhere'),
      failed(/docker-credential-nowhere: .*expected a program of that name on the PATH/),
    );
    install('here', `echo '{"Username":"u","Secret":"s"}'`);
    for (const path of ['', '.', ':', relative(process.cwd(), folder)]) {
      await assert.rejects(ask('here', { environment: { PATH: path } }), failed(/on the PATH/));
    }
    mkdirSync(join(folder, 'docker-credential-folder'));
    await assert.rejects(ask('folder'), failed(/on the PATH/));
  });

  for (const name of ['../../bin/sh', 'a/b', '', 'a b', 'x;y', 'ä']) {
    it(`is not called ${JSON.stringify(name)}`, async () => {
      await assert.rejects(ask(name), failed(/expected a name of letters, digits/));
    });
  }

  it('that cannot be run is an error', async () => {
    writeFileSync(join(folder, 'docker-credential-nonsense'), '\u007fELFnot');
    chmodSync(join(folder, 'docker-credential-nonsense'), 0o755);
    await assert.rejects(ask('nonsense'), failed(/docker-credential-nonsense/));
  });
});
