import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Failure, reportError, ServerRefusal } from './failure.ts';
import type { Io } from './io.ts';

/** What `reportError` writes. */
function told(error: unknown, debug: boolean, exitCode = 3): string {
  const texts: string[] = [];
  const terminal = { isTerminal: false, columns: 80 };
  const io: Io = {
    out: () => undefined,
    err: (text) => texts.push(text),
    stdout: terminal,
    stderr: terminal,
    clock: { now: () => 0 },
    signal: new AbortController().signal,
    secret: async () => await Promise.resolve(null),
    ask: async () => await Promise.resolve(null),
    input: async () => await Promise.resolve(new Uint8Array()),
    interrupted: () => null,
    close: () => undefined,
  };
  assert.equal(reportError(error, io, debug), exitCode);
  return texts.join('');
}

test('no error shows an escape sequence that an image or a file system holds, in its stack either', () => {
  const hostile = 'a\u001b]0;title\u0007\u001b[31m\u202eb\nc';
  const errors = [
    new Failure('TIMED_OUT', 'problem', { object: hostile, found: hostile, hint: hostile, cause: new Error(hostile) }),
    new Error(hostile),
    Object.assign(new Error(hostile), { code: 'EIO', syscall: 'read' }),
  ];
  for (const error of errors) {
    for (const debug of [false, true]) {
      const text = told(error, debug);
      assert.match(text, /a\\u\{1b\}\]0;title\\u\{7\}\\u\{1b\}\[31m\\u\{202e\}b/);
      assert.doesNotMatch(text.replaceAll('\n', ''), /[\p{Cc}\p{Cf}]/u);
    }
  }
});

test('a file that cannot be opened is named first, whatever the system calls the problem', () => {
  const system = (code: string, path?: string): Error =>
    Object.assign(new Error(`${code}: words of the system`), {
      code,
      syscall: 'open',
      ...(path !== undefined && { path }),
    });
  const cases: readonly (readonly [error: Error, text: string])[] = [
    [system('ENOENT', '/nowhere'), '/nowhere: no such file or folder'],
    [system('EACCES', '/root/key'), '/root/key: not allowed to this user'],
    [system('ENOTDIR', '/a/b'), '/a/b: expected a folder, found a file'],
    [system('EIO', '/a'), 'EIO: words of the system'],
    [system('ENOENT'), 'ENOENT: words of the system'],
  ];
  for (const [error, text] of cases) {
    assert.equal(told(error, false), `plimsoll: ${text}\n  --debug shows where.\n`);
  }
});

test('what a server had decided before ends with 1, what else it refuses with 3', () => {
  assert.match(told(new ServerRefusal('ACQUIRE_DECIDED_BEFORE', 'held', {}), false, 1), /held/);
  assert.match(told(new ServerRefusal('ACQUIRE_DENIED', 'denied', {}), false), /denied/);
  assert.match(told(new ServerRefusal(null, 'denied', {}), false), /denied/);
});
