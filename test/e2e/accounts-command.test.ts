import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import { type ApiServer, PASSWORD, startApiServer } from '../fixtures/api-server.ts';
import { type Outcome, temporaryHome } from '../fixtures/plimsoll.ts';
import { missing } from '../prerequisites.ts';

evidence('access/command-line', 'self-made', 'plimsoll login, user and robot against a server');
evidence(
  'access/command-line',
  'real tool',
  'skopeo logs in as a robot that plimsoll robot made, with its secret and with no other, and not after its rotation or removal',
);
evidence('access/login', 'real tool', 'skopeo login and inspect');

let server: ApiServer;
const home = temporaryHome();
const config = mkdtempSync(join(tmpdir(), 'plimsoll-login-'));
const file = join(config, 'plimsoll/credentials.json');
before(async () => {
  server = await startApiServer();
  const { code, err } = await login('admin', server.admin.secret);
  assert.equal(code, 0, err);
});
after(async () => {
  home.remove();
  rmSync(config, { recursive: true, force: true });
  await server.stop();
});

async function run(
  args: readonly string[],
  input?: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  const env = { XDG_CONFIG_HOME: config, DOCKER_CONFIG: join(config, 'docker'), PLIMSOLL_SERVER: '', ...more };
  return await home.plimsoll(args, env, input);
}

async function login(name: string, password: string, ...more: readonly string[]): Promise<Outcome> {
  return await run(['login', server.url, '-u', name, '--password-stdin', ...more], `${password}\n`);
}

async function json(...args: readonly string[]): Promise<unknown> {
  const { code, out, err } = await run([...args, '-o', 'json']);
  assert.equal(code, 0, err);
  return JSON.parse(out);
}

describe('plimsoll login', () => {
  it('keeps the credential in a file for its owner alone, and nothing for docker unless asked', () => {
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), {
      current: server.url,
      servers: { [server.url]: { username: 'admin', password: server.admin.secret } },
    });
    assert.throws(() => statSync(join(config, 'docker')));
  });

  it('says no to a password that is wrong, and keeps what it had', async () => {
    const kept = readFileSync(file, 'utf8');
    const { code, out, err } = await login('admin', 'another password');
    assert.equal(code, 3);
    assert.equal(out, '');
    assert.match(err, /the credentials are not good/);
    assert.ok(!err.includes('another password'));
    assert.equal(readFileSync(file, 'utf8'), kept);
  });

  it('sends no password where others can read it', async () => {
    for (const address of [
      'http://images.example.com',
      'ftp://127.0.0.1',
      'https://a:b@images.example.com',
      'https://x.example/path',
    ]) {
      const { code, err } = await run(['login', address, '-u', 'admin', '--password-stdin'], 'x\n');
      assert.equal(code, 2, err);
      assert.match(err, /not a server/);
    }
  });

  it('follows nobody to another server', async () => {
    let isAsked = false;
    const target = createServer((_, response) => {
      isAsked = true;
      response.end();
    });
    await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
    const { port } = target.address() as AddressInfo;
    const redirecting = createServer((_, response) => {
      response.writeHead(307, { location: `http://127.0.0.1:${port}/` }).end();
    });
    await new Promise<void>((resolve) => redirecting.listen(0, '127.0.0.1', resolve));
    try {
      const url = `127.0.0.1:${(redirecting.address() as AddressInfo).port}`;
      const { code } = await run(['login', url, '-u', 'admin', '--password-stdin'], 'secret\n');
      assert.equal(code, 3);
      assert.ok(!isAsked);
    } finally {
      target.close();
      redirecting.close();
    }
  });

  it('writes for docker when asked, and leaves the rest of its file as it is', async () => {
    mkdirSync(join(config, 'docker'));
    const docker = join(config, 'docker/config.json');
    writeFileSync(docker, '{"auths":{"other.example":{"auth":"eDp5"}},"credsStore":"x"}');
    const { code, err } = await login('admin', server.admin.secret, '--docker');
    assert.equal(code, 0, err);
    const auth = Buffer.from(`admin:${server.admin.secret}`).toString('base64');
    assert.deepEqual(JSON.parse(readFileSync(docker, 'utf8')), {
      auths: { 'other.example': { auth: 'eDp5' }, [new URL(server.url).host]: { auth } },
      credsStore: 'x',
    });
    assert.equal(statSync(docker).mode & 0o777, 0o600);
  });

  it('does not read a file that others can read', async () => {
    chmodSync(file, 0o644);
    const { code, err } = await run(['user', 'list']);
    chmodSync(file, 0o600);
    assert.equal(code, 3);
    assert.match(err, /expected a file of mode 0600, found mode 0644/);
  });

  it('is for the server that it was for', async () => {
    const { code, err } = await run(['user', 'list', '--server', 'https://images.example.com']);
    assert.equal(code, 2);
    assert.match(err, /not logged in/);
  });

  it('asks on a terminal without showing what is typed', { skip: missing('python') }, async () => {
    const script = [
      'import os, pty, sys, select',
      'pid, fd = pty.fork()',
      'if pid == 0: os.execv(sys.argv[1], sys.argv[1:])',
      'seen = b""',
      'for prompt, answer in ((b"User: ", b"admin\\n"), (b"Password: ", os.environ["ANSWER"].encode() + b"\\n")):',
      '    while prompt not in seen: seen += os.read(fd, 1024)',
      '    os.write(fd, answer)',
      'try:',
      '    while True: seen += os.read(fd, 1024)',
      'except OSError: pass',
      'sys.stdout.buffer.write(seen)',
      'sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))',
    ].join('\n');
    const launcher = join(import.meta.dirname, '../../bin/plimsoll');
    const env = { ...process.env, XDG_CONFIG_HOME: config, PLIMSOLL_HOME: home.folder, ANSWER: server.admin.secret };
    const child = spawn('python3', ['-c', script, launcher, 'login', server.url], {
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    const code = await new Promise((resolve) => child.on('close', resolve));
    assert.equal(code, 0, out);
    assert.match(out, /logged in to .* as user:admin/);
    assert.ok(!out.includes(server.admin.secret));
  });
});

describe('plimsoll user', () => {
  it('makes, lists, changes and removes users', async () => {
    const made = await run(
      ['user', 'create', 'alice', '--grant', 'publisher:team/*', '--password-stdin'],
      `${PASSWORD}\n`,
    );
    assert.equal(made.code, 0, made.err);
    assert.equal(made.out, 'NAME   ROLES             ENVIRONMENT  ENDS\nalice  publisher:team/*  -            -\n');
    await json('user', 'grant', 'alice', '--grant', 'viewer:*', '--grant', 'approver:team/*:staging');
    const { out } = await run(['user', 'disable', 'alice']);
    assert.match(out, /^alice +viewer:\* approver:team\/\*:staging +- +disabled$/m);
    const users = (await json('user', 'list')) as { name: string }[];
    assert.deepEqual(
      users.map(({ name }) => name),
      ['admin', 'alice'],
    );
    assert.equal((await run(['user', 'remove', 'alice'])).out, 'removed\n');
    const again = await run(['user', 'remove', 'alice']);
    assert.equal(again.code, 3);
    assert.match(again.err, /no such user/);
  });

  it('sets passwords, also the own one', async () => {
    await run(['user', 'create', 'bob', '--password-stdin'], `${PASSWORD}\n`);
    const { code, err } = await run(['user', 'password', 'bob', '--password-stdin'], 'another password of bob\n');
    assert.equal(code, 0, err);
    assert.equal((await login('bob', 'another password of bob')).code, 0);
    const own = await run(['user', 'password', 'bob', '--password-stdin'], 'a third password of bob\n');
    assert.equal(own.code, 0, own.err);
    assert.equal((await login('bob', 'a third password of bob')).code, 0);
    const refused = await run(['user', 'list']);
    assert.equal(refused.code, 3);
    assert.match(refused.err, /not allowed: expected the role admin/);
    assert.equal((await login('admin', server.admin.secret)).code, 0);
  });

  it('says what is wrong with a command line', async () => {
    const cases: readonly (readonly [args: readonly string[], message: RegExp])[] = [
      [['user'], /wrong arguments/],
      [['user', 'fly'], /expected one of list, create/],
      [['user', 'create'], /wrong arguments/],
      [['user', 'list', 'x'], /wrong arguments/],
      [['user', 'list', '--grant', 'viewer:*'], /--grant does not go with list/],
      [['user', 'grant', 'x', '--grant', 'viewer'], /not a grant/],
      [['robot', 'rotate', 'x', '--expires', 'soon'], /how long/],
    ];
    for (const [args, message] of cases) {
      const { code, err } = await run(args);
      assert.equal(code, 2, args.join(' '));
      assert.match(err, message);
    }
  });
});

describe('plimsoll robot', () => {
  it('makes robots, shows a secret once, rotates and removes', async () => {
    const made = (await json('robot', 'create', 'team+ci', '--grant', 'publisher:team/*', '--expires', '30d')) as {
      robot: { name: string; expiresAt: string };
      secret: string;
    };
    assert.equal(made.robot.name, 'robot$team+ci');
    assert.equal(made.robot.expiresAt, '2026-01-31T00:00:00.000Z');
    assert.match(made.secret, /^plm_/);
    const listed = await run(['robot', 'list']);
    assert.match(listed.out, /^robot\$team\+ci +publisher:team\/\* +- +2026-01-31$/m);
    assert.ok(!listed.out.includes(made.secret));
    const rotated = await run(['robot', 'rotate', 'team+ci']);
    assert.match(rotated.out, /^secret {2}plm_/m);
    assert.equal((await run(['robot', 'remove', 'team+ci'])).code, 0);
    assert.deepEqual(await json('robot', 'list'), []);
  });
});

describe('skopeo', { skip: missing('skopeo') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-skopeo-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function skopeo(...args: readonly string[]): Promise<Outcome> {
    const child = spawn('skopeo', args, { env: { ...process.env, REGISTRY_AUTH_FILE: join(folder, 'auth.json') } });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString();
    });
    const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
    return { code, out, err };
  }

  it('logs in by the token service, and is refused with another password', async () => {
    const { host } = new URL(server.url);
    const insecure = ['--tls-verify=false'];
    const made = (await json('robot', 'create', 'skopeo', '--grant', 'publisher:team/*')) as { secret: string };
    const name = 'robot$skopeo';
    const wrong = await skopeo('login', ...insecure, '-u', name, '-p', 'plm_wrong', host);
    assert.notEqual(wrong.code, 0);
    const right = await skopeo('login', ...insecure, '-u', name, '-p', made.secret, host);
    assert.equal(right.code, 0, right.err);
    const absent = await skopeo('inspect', ...insecure, `docker://${host}/team/app:none`);
    assert.match(absent.err, /manifest unknown/i);
    const hidden = await skopeo('inspect', ...insecure, `docker://${host}/other/app:none`);
    assert.notEqual(hidden.code, 0);
    const rotated = (await json('robot', 'rotate', 'skopeo')) as { secret: string };
    const codeWith = async (secret: string): Promise<number | null> =>
      (await skopeo('login', ...insecure, '-u', name, '-p', secret, host)).code;
    assert.notEqual(await codeWith(made.secret), 0, 'the secret before the rotation');
    assert.equal(await codeWith(rotated.secret), 0);
    assert.equal((await run(['robot', 'remove', 'skopeo'])).code, 0);
    assert.notEqual(await codeWith(rotated.secret), 0, 'a robot that is gone');
  });
});
