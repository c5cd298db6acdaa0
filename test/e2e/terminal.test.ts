import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { after, test } from 'node:test';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { data, missing } from '../prerequisites.ts';

const skip = missing('shared-data', 'python');
const launcher = resolve(import.meta.dirname, '../../bin/plimsoll');
const escape = String.fromCharCode(0x1b);

/** Python's pty gives the command a terminal; both streams come out of it. */
const IN_TERMINAL = 'import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))';

/** What a terminal gets to see of a first scan of Alpine, in a data folder of its own. */
function scanInTerminal(args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const home = temporaryHome();
  after(() => home.remove());
  const reference = `rootfs:${data('rootfs/alpine-3.8.5-x86_64.tar.gz')}`;
  const { NO_COLOR: _none, ...inherited } = process.env;
  return execFileSync('python3', ['-c', IN_TERMINAL, launcher, 'scan', reference, ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      ...inherited,
      TERM: 'xterm-256color',
      PLIMSOLL_HOME: home.folder,
      PLIMSOLL_ADVISORIES: data('osv'),
      ...env,
    },
  });
}

/** The codes that colour text; `ESC [ 2 K`, by which progress is rewritten, is none. */
function isColoured(text: string): boolean {
  return text.includes(`${escape}[31m`) || text.includes(`${escape}[1m`) || text.includes(`${escape}[2m`);
}

test('a terminal shows progress with layers and bytes, and colours', { skip }, () => {
  const shown = scanInTerminal([]);
  assert.match(shown, /reading layers, 0 of 1 done: \d+\.\d MB/);
  assert.ok(isColoured(shown), JSON.stringify(shown.slice(0, 400)));
  assert.match(shown, /alpine 3\.8\.5/);
});

test('--quiet takes the progress away, --no-color and NO_COLOR the colours', { skip }, () => {
  const quiet = scanInTerminal(['--quiet', '--no-color']);
  assert.ok(!quiet.includes(escape), JSON.stringify(quiet.slice(0, 400)));
  assert.doesNotMatch(quiet, /reading layers/);
  assert.match(quiet, /alpine 3\.8\.5/);
  assert.ok(!isColoured(scanInTerminal([], { NO_COLOR: '1' })));
  assert.ok(!isColoured(scanInTerminal([], { TERM: 'dumb' })));
});
