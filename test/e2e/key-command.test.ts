import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Outcome, temporaryHome } from '../fixtures/plimsoll.ts';
import { missing } from '../prerequisites.ts';

const PASSPHRASE = 'planted passphrase 91d7';
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-key-'));
const home = temporaryHome();
after(() => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
});
const at = (name: string): string => join(folder, name);

/** Everything that any run of this file said, to look for the passphrase in. */
const said: string[] = [];

async function plimsoll(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Outcome> {
  const outcome = await home.plimsoll([...args, '--debug'], env);
  said.push(outcome.out, outcome.err);
  return outcome;
}

const OPEN = { PLIMSOLL_KEY_PASSPHRASE: PASSPHRASE };

before(async () => {
  writeFileSync(at('passphrase'), `${PASSPHRASE}\n`);
  const { code, err } = await plimsoll(['key', 'generate', '--output-prefix', at('release')], OPEN);
  assert.equal(code, 0, err);
});

describe('plimsoll key', () => {
  it('generates a pair that cosign reads, and shows it', async () => {
    assert.equal(statSync(at('release.key')).mode & 0o777, 0o600);
    assert.match(readFileSync(at('release.key'), 'utf8'), /^-----BEGIN ENCRYPTED SIGSTORE PRIVATE KEY-----/);
    const shown = await Promise.all(
      ['release.key', 'release.pub'].map(async (name) => {
        const { code, out, err } = await plimsoll(['key', 'show', at(name), '-o', 'json'], OPEN);
        assert.equal(code, 0, err);
        return JSON.parse(out) as Record<string, unknown>;
      }),
    );
    assert.equal(shown[0]?.['algorithm'], 'ecdsa-p256');
    assert.equal(shown[0]['fingerprint'], shown[1]?.['fingerprint']);
    assert.equal(shown[0]['publicPem'], readFileSync(at('release.pub'), 'utf8'));
    assert.deepEqual(
      shown.map((one) => one['private']),
      [true, false],
    );
  });

  for (const algorithm of ['ecdsa-p384', 'rsa-3072', 'ed25519']) {
    it(`generates ${algorithm}`, async () => {
      const made = ['key', 'generate', '--algorithm', algorithm, '--output-prefix', at(algorithm)];
      const { code, out } = await plimsoll([...made, '--passphrase-file', at('passphrase')]);
      assert.equal(code, 0);
      assert.match(out, new RegExp(`algorithm +${algorithm}\n`));
      assert.equal((await plimsoll(['key', 'show', at(`${algorithm}.key`)], { COSIGN_PASSWORD: PASSPHRASE })).code, 0);
    });
  }

  it('overwrites nothing without being told to', async () => {
    const made = ['key', 'generate', '--output-prefix', at('precious')];
    await plimsoll(made, OPEN);
    const first = readFileSync(at('precious.key'));
    const { code, err } = await plimsoll(made, OPEN);
    assert.equal(code, 3);
    assert.match(err, /there is a file already/);
    assert.deepEqual(readFileSync(at('precious.key')), first);
    assert.equal((await plimsoll([...made, '--force'], OPEN)).code, 0);
    assert.notDeepEqual(readFileSync(at('precious.key')), first);
  });
});

/** Answers each question when it was asked, and prints all that the terminal showed. */
const TYPE = `
import os, pty, sys
answers = sys.argv[1].split('|')
pid, fd = pty.fork()
if pid == 0:
    os.execv(sys.argv[2], sys.argv[2:])
shown = b''
while True:
    try:
        more = os.read(fd, 4096)
    except OSError:
        break
    if not more:
        break
    shown += more
    if answers and shown.rstrip(b' ').endswith(b':') and more.strip():
        os.write(fd, answers.pop(0).encode().decode('unicode_escape').encode('latin1'))
sys.stdout.buffer.write(shown)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;
const launcher = resolve(import.meta.dirname, '../../bin/plimsoll');

describe('on a terminal', { skip: missing('python') }, () => {
  function typed(
    answers: readonly string[],
    ...args: readonly string[]
  ): { readonly code: number | null; readonly shown: string } {
    const told = ['-c', TYPE, answers.join('|'), launcher, ...args];
    const env = { ...process.env, PLIMSOLL_HOME: home.folder };
    const { status, stdout } = spawnSync('python3', told, { encoding: 'utf8', env, timeout: 60_000 });
    said.push(stdout);
    return { code: status, shown: stdout };
  }

  it('the passphrase is asked for, twice for a new key, and never shown', () => {
    const made = typed([`${PASSPHRASE}\\r`, `${PASSPHRASE}\\r`], 'key', 'generate', '--output-prefix', at('typed'));
    assert.equal(made.code, 0, made.shown);
    assert.match(made.shown, /Passphrase for the new key: \r?\n[\s\S]*The same again: \r?\n/);
    // A slip of the finger, taken back.
    const shown = typed([`x\\x15${PASSPHRASE}zz\\x7f\\x7f\\r`], 'key', 'show', at('typed.key'));
    assert.equal(shown.code, 0, shown.shown);
    assert.match(shown.shown, /ecdsa-p256/);
  });

  it('two that differ make no key', () => {
    const made = typed([`${PASSPHRASE}\\r`, 'another\\r'], 'key', 'generate', '--output-prefix', at('differ'));
    assert.equal(made.code, 2, made.shown);
    assert.match(made.shown, /differ/);
  });

  it('an interrupt ends the run', () => {
    assert.equal(typed(['abc\\x03'], 'key', 'show', at('release.key')).code, 130);
  });
});

describe('the passphrase', () => {
  it('is in nothing that was said, with --debug and in errors', () => {
    const text = said.join('\n');
    assert.ok(said.length > 10 && text.length > 2000, `${said.length} outputs of ${text.length} characters`);
    assert.ok(!text.includes(PASSPHRASE));
  });
});
