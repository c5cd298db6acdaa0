import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, type TestContext, test } from 'node:test';
import { evidence } from '../evidence.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { type PushedImage, pullImage, pushImage } from '../fixtures/pushed-image.ts';
import { type ServerOptions, startServer, type TestServer } from '../fixtures/server.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'platform/backup',
  'real tool',
  'a server that is pushed to while it is backed up, restored by the command line',
);

const folder = mkdtempSync(join(tmpdir(), 'plimsoll-backup-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function serverFor(context: TestContext, options: ServerOptions = {}): Promise<TestServer> {
  const server = await startServer(options);
  context.after(async () => await server.stop());
  return server;
}

function homeFor(context: TestContext): ReturnType<typeof temporaryHome> {
  const home = temporaryHome();
  context.after(() => home.remove());
  return home;
}

/** Every file of a backup but its summary. */
function filesIn(backup: string): readonly string[] {
  return readdirSync(backup, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name !== 'backup.json')
    .map((entry) => join(entry.parentPath, entry.name));
}

async function backUp(server: TestServer, name: string): Promise<string> {
  const home = temporaryHome();
  const to = join(folder, name);
  const { code, err } = await home.plimsoll(['backup', to], { PLIMSOLL_HOME: server.home });
  home.remove();
  assert.deepEqual([code, err], [0, '']);
  return to;
}

test('a backup that is taken under load holds everything that was acknowledged before, and serves it again', async (context) => {
  const server = await serverFor(context);
  const { admin } = server;
  const ci = await server.robot('ci', [{ role: 'publisher', scope: 'team/*' }]);
  const before: PushedImage[] = [];
  for (let index = 0; index < 8; index++) {
    before.push(await pushImage(server, ci, `team/app${index % 3}`, `v${index}`));
  }
  let stop = false;
  const load = (async () => {
    for (let index = 0; !stop; index++) {
      await pushImage(server, ci, `team/load${index % 5}`, `v${index}`);
    }
  })();
  const backup = await backUp(server, 'load');
  stop = true;
  await load;
  await server.stop();

  const home = homeFor(context);
  const restored = await home.plimsoll(['restore', backup]);
  assert.equal(restored.code, 0, restored.err);
  assert.match(restored.out, /^restored: \d+ records, \d+ blobs, \d+\.\d MB, taken 2\d{3}-/);
  const second = await serverFor(context, { home: home.folder });
  assert.throws(() => second.admin, /no account was made/);
  for (const image of before) {
    await pullImage(second, admin, image);
    await pullImage(second, ci, image);
  }
  // What was being pushed is there whole, or not at all.
  for (let index = 0; index < 5; index++) {
    const answer = await second.request(`/v2/team/load${index}/tags/list`, { as: admin });
    const { tags = [] } = answer.status === 200 ? ((await answer.json()) as { readonly tags?: readonly string[] }) : {};
    for (const tag of tags) {
      await pullImage(second, admin, { repository: `team/load${index}`, tag });
    }
  }
  const events = (await second.request('/api/v1/events?limit=1', { as: admin })).status;
  assert.equal(events, 200);
});

test('a backup that lost or changed anything is refused, and nothing of it is restored', async (context) => {
  const server = await serverFor(context);
  await pushImage(server, server.admin, 'team/app', 'v1');
  const backup = await backUp(server, 'damaged');
  const files = filesIn(backup);
  assert.equal(files.length, 3);
  for (const file of files) {
    const whole = readFileSync(file);
    const damages: readonly (readonly [string, () => void])[] = [
      ['shorter', () => truncateSync(file, whole.length - 1)],
      ['longer', () => appendFileSync(file, '\n')],
      ['changed', () => writeFileSync(file, Buffer.from(whole).fill(whole[9] === 48 ? 49 : 48, 9, 10))],
      ['gone', () => rmSync(file)],
    ];
    for (const [how, damage] of damages) {
      damage();
      const home = homeFor(context);
      const { code, err } = await home.plimsoll(['restore', backup]);
      assert.equal(code, 3, `${file} ${how}`);
      assert.match(err, /damaged|no such file/, `${file} ${how}: ${err}`);
      writeFileSync(file, whole);
      // Nothing is in the way of another try.
      assert.equal((await home.plimsoll(['restore', backup])).code, 0);
    }
  }
});

test('a restore that is killed at any moment is run again, and then it is all there', {
  skip: missing('strace'),
}, async (context) => {
  const server = await serverFor(context);
  const image = await pushImage(server, server.admin, 'team/app', 'v1');
  const backup = await backUp(server, 'killed');
  const home = homeFor(context);
  let killed = 0;
  for (const when of [1, 3, 5]) {
    const inject = `inject=fsync,fdatasync:signal=KILL:when=${when}`;
    const strace = ['-f', '-qq', '-o', '/dev/null', '-e', inject, resolve('bin/plimsoll'), 'restore', backup];
    const env = { ...process.env, PLIMSOLL_HOME: home.folder };
    killed += spawnSync('strace', strace, { env }).signal === null ? 0 : 1;
  }
  assert.ok(killed > 0, 'it was killed');
  const { code, err } = await home.plimsoll(['restore', backup]);
  // The last of these may have come after the records: then all of it is there already.
  assert.ok(code === 0 || /the database is in use/.test(err), err);
  const second = await serverFor(context, { home: home.folder });
  await pullImage(second, server.admin, image);
});

test('where something is already nothing is restored, and nothing is overwritten by a backup', async (context) => {
  const server = await serverFor(context);
  const backup = await backUp(server, 'own');
  const home = homeFor(context);
  const onto = await home.plimsoll(['restore', backup], { PLIMSOLL_HOME: server.home });
  assert.equal(onto.code, 3);
  assert.match(onto.err, /the database is in use: expected one that holds nothing, found rows in accounts/);
  const again = await home.plimsoll(['backup', backup], { PLIMSOLL_HOME: server.home });
  assert.equal(again.code, 3);
  assert.match(again.err, /there is something in the folder already/);
  const unfinished = mkdtempSync(join(folder, 'unfinished-'));
  assert.match((await home.plimsoll(['restore', unfinished])).err, /there is no finished backup/);
});

test('a blob whose bytes were changed on the disk is named, and everything else is backed up', async (context) => {
  const server = await serverFor(context);
  const image = await pushImage(server, server.admin, 'team/app', 'v1');
  const blobs = readdirSync(join(server.home, 'blobs'), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  const hex = image.layer.slice('sha256:'.length);
  const found = blobs
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => createHash('sha256').update(readFileSync(path)).digest('hex') === hex);
  assert.equal(found.length, 1);
  writeFileSync(found[0] ?? '', randomBytes(readFileSync(found[0] ?? '').length));
  const home = homeFor(context);
  const to = join(folder, 'rotten');
  const { code, err } = await home.plimsoll(['backup', to], { PLIMSOLL_HOME: server.home });
  assert.equal(code, 1);
  assert.match(err, new RegExp(`${image.layer}: the blob is damaged`));
  assert.equal((await home.plimsoll(['restore', to])).code, 0);
});
