import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import { type ApiServer, PASSWORD, startApiServer } from '../fixtures/api-server.ts';
import { environmentText, policyText } from '../fixtures/documents-world.ts';
import { type Outcome, temporaryHome } from '../fixtures/plimsoll.ts';

evidence('platform/documents', 'self-made', 'plimsoll apply and exception against a server');

let server: ApiServer;
const home = temporaryHome();
const folder = mkdtempSync(join(tmpdir(), 'plimsoll-apply-'));
const policies = join(folder, 'policies');
before(async () => {
  server = await startApiServer();
  mkdirSync(policies);
  writeFileSync(join(policies, 'age.yaml'), policyText('age'));
  writeFileSync(
    join(policies, 'production.yaml'),
    environmentText('production', 'age', 'exceptions: { maximum: 30d }\n'),
  );
  writeFileSync(join(policies, 'age.test.yaml'), 'not: a document\n');
  for (const [name, role] of [
    ['ann', 'developer'],
    ['bob', 'approver'],
  ] as const) {
    await server.user(name, role, 'team/*');
    await login(name, PASSWORD);
  }
  await login('admin', server.admin.secret);
});
after(async () => {
  home.remove();
  rmSync(folder, { recursive: true, force: true });
  await server.stop();
});

/** Each has a folder of credentials of their own. */
async function as(name: string, args: readonly string[], input?: string): Promise<Outcome> {
  const env = { XDG_CONFIG_HOME: join(folder, name), DOCKER_CONFIG: join(folder, name, 'docker'), PLIMSOLL_SERVER: '' };
  return await home.plimsoll(args, env, input);
}

async function login(name: string, password: string): Promise<void> {
  const { code, err } = await as(name, ['login', server.url, '-u', name, '--password-stdin'], `${password}\n`);
  assert.equal(code, 0, err);
}

describe('plimsoll apply', () => {
  it('writes what goes together, says what changed, and lists, shows and removes it', async () => {
    const dry = await as('admin', ['apply', policies, '--dry-run']);
    assert.equal(
      dry.out,
      'Policy/age created\nEnvironment/production created\ndry run: nothing was written\n',
      dry.err,
    );
    const written = await as('admin', ['apply', policies]);
    assert.deepEqual([written.code, written.out.split('\n').at(-2)], [0, 'written, revision 1'], written.err);
    const again = await as('admin', ['apply', policies]);
    assert.equal(again.out, 'Policy/age unchanged\nEnvironment/production unchanged\nnothing changed\n');
    const typed = await as('admin', ['apply', '-', '-o', 'json'], policyText('spare'));
    assert.deepEqual((JSON.parse(typed.out) as { documents: unknown }).documents, [
      { kind: 'Policy', name: 'spare', file: '-', change: 'created' },
    ]);
    const list = await as('admin', ['apply', '--list']);
    assert.match(list.out, /^DOCUMENT +REVISION +CHANGED +BY\nPolicy\/age +1 +\S+ \S+ +user:admin\nPolicy\/spare/);
    const shown = await as('admin', ['apply', '--show', 'Policy/spare']);
    assert.match(shown.out, /^# revision 1, .* by user:admin\napiVersion: plimsoll\.dev\/v1\n/);
    const back = await as('admin', ['apply', '-'], shown.out);
    assert.equal(back.out, 'Policy/spare unchanged\nnothing changed\n', back.err);
    const hostile = policyText('spare').replace('message: no', 'message: "a  b\\e[2J\\u202e"');
    await as('admin', ['apply', '-'], hostile);
    const escaped = await as('admin', ['apply', '--show', 'Policy/spare']);
    assert.match(escaped.out, /"a {2}b\\u001b\[2J\\u202e"/);
    assert.match((await as('admin', ['apply', '-'], escaped.out)).out, /unchanged/);
    assert.equal((await as('admin', ['apply', '--remove', 'Policy/spare'])).out, 'removed\n');
    const needed = await as('admin', ['apply', '--remove', 'Policy/age']);
    assert.equal(needed.code, 3);
    assert.match(needed.err, /Policy\/age: the others do not go together without it/);
  });

  it('tells all that is wrong with file, line and column, and writes nothing', async () => {
    const file = join(folder, 'wrong.yaml');
    writeFileSync(
      file,
      `${policyText('good')}---\n${policyText('bad', 'nothing')}---\n${environmentText('x', 'agee')}`,
    );
    const { code, out } = await as('admin', ['apply', file]);
    assert.equal(code, 1);
    assert.match(
      out,
      /wrong\.yaml:9:\d+: error: there is no variable 'nothing'.*\n.*wrong\.yaml:14:\d+: error: expected the name of a policy, found "agee"; did you mean "age"\?.*\n2 errors, nothing was written\n$/,
    );
    assert.equal((await as('admin', ['apply', '--show', 'Policy/good'])).code, 3);
  });

  it('is for administrators, and says how it is used', async () => {
    const refused = await as('ann', ['apply', policies]);
    assert.equal(refused.code, 3);
    assert.match(refused.err, /user:ann has no role for administer/);
    for (const args of [[], ['--list', policies], ['--show', 'age'], [join(folder, 'none.yaml')]]) {
      assert.notEqual((await as('admin', ['apply', ...args])).code, 0);
    }
    assert.equal((await as('admin', ['apply', '--help'])).code, 0);
  });
});

describe('plimsoll exception', () => {
  const request = ['exception', 'request', 'lodash', '--repository', 'team/app', '--finding', 'CVE-2020-8203'];
  const why = ['--owner', 'team', '--ticket', 'SEC-17', '--reason', 'not reachable'];

  it('is asked for by one and approved by another', async () => {
    const asked = await as('ann', [...request, ...why, '--expires', '14d', '--environment', 'production']);
    assert.equal(asked.code, 0, asked.err);
    assert.match(
      asked.out,
      /^lodash: pending\n {2}repositories +team\/app\n {2}findings +CVE-2020-8203\n {2}environments +production\n/,
    );
    const own = await as('ann', ['exception', 'approve', 'lodash', '--reason', 'x']);
    assert.deepEqual([own.code, /no role|expected a role for approve/.test(own.err)], [3, true], own.err);
    const list = await as('bob', ['exception', 'list', '--state', 'pending']);
    assert.match(
      list.out,
      /^NAME +STATE +ENDS +BY +FOR +REASON\nlodash +pending +\S+ \S+ UTC +user:ann +CVE-2020-8203 +not reachable\n$/,
    );
    const approved = await as('bob', ['exception', 'approve', 'lodash', '--reason', 'checked']);
    assert.match(approved.out, /^lodash: approved\n[^]*decided +user:bob/);
    const shown = await as('ann', ['exception', 'show', 'lodash', '-o', 'json']);
    assert.equal((JSON.parse(shown.out) as { state: string }).state, 'approved');
    const ended = await as('ann', ['exception', 'end', 'lodash', '--reason', 'it is fixed']);
    assert.match(ended.out, /^lodash: withdrawn\n[^]*because +it is fixed/);
    assert.equal((await as('bob', ['exception', 'list', '--state', 'approved'])).out, 'no exceptions\n');
  });

  it('that the server refuses, or that says too little, is an error', async () => {
    const long = await as('ann', [...request, ...why, '--expires', '31d']);
    assert.equal(long.code, 3);
    assert.match(long.err, /at the latest, as the environment production has it/);
    for (const args of [
      [...request, ...why],
      [...request, '--expires', '14d'],
      [...request, ...why, '--expires', 'soon'],
      ['exception', 'approve', 'lodash'],
      ['exception', 'approve', 'lodash', '--reason', 'x', '--owner', 'y'],
      ['exception', 'list', 'x'],
      ['exception', 'grant', 'x'],
      ['exception'],
    ]) {
      assert.equal((await as('ann', args)).code, 2, args.join(' '));
    }
  });
});
