import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { evidence } from '../evidence.ts';
import { type RegistryClients, registryClients } from '../fixtures/registry-clients.ts';
import { startTestRegistry, type TestRegistry } from '../fixtures/test-registry.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'registry/oras',
  'real tool',
  'oras logs in, pushes and pulls artifacts, attaches, discovers, copies with referrers, tags and deletes',
);

interface Listed {
  readonly digest: string;
  readonly referrers?: readonly Listed[];
}

describe('oras and the registry', { skip: missing('go') }, () => {
  let registry: TestRegistry;
  let clients: RegistryClients;
  let viewer: RegistryClients;
  let artifact = '';

  before(async () => {
    registry = await startTestRegistry();
    clients = registryClients();
    viewer = registryClients();
    writeFileSync(join(clients.folder, 'hello.txt'), 'ahoy\n');
    writeFileSync(join(clients.folder, 'note.txt'), 'seen from afar\n');
  });
  after(async () => {
    clients.remove();
    viewer.remove();
    await registry.stop();
  });

  function file(name: string): string {
    return `${clients.folder}/${name}:text/plain`;
  }

  async function login(
    of: RegistryClients,
    user: { readonly name: string; readonly password: string },
  ): Promise<string> {
    const config = ['--registry-config', join(of.folder, 'auth.json')];
    return await of.oras('login', '--plain-http', ...config, '-u', user.name, '-p', user.password, registry.host);
  }

  async function oras(of: RegistryClients, command: readonly string[], ...args: readonly string[]): Promise<string> {
    return await of.oras(...command, '--plain-http', '--registry-config', join(of.folder, 'auth.json'), ...args);
  }

  async function discover(reference: string): Promise<Listed> {
    return JSON.parse(await oras(clients, ['discover'], '--format', 'json', reference)) as Listed;
  }

  it('logs in with the right password, not with a wrong one', async () => {
    const { publisher, viewer: reader } = registry.users;
    assert.match(await clients.fails(login(clients, { ...publisher, password: 'wrong' })), /401|unauthorized/i);
    assert.match(await login(clients, publisher), /Login Succeeded/);
    await login(viewer, reader);
  });

  it('pushes an artifact and pulls the same', async () => {
    const to = `${registry.host}/team/notes:v1`;
    const told = ['--disable-path-validation', '--artifact-type', 'application/vnd.plimsoll.test', '--format', 'json'];
    artifact = (JSON.parse(await oras(clients, ['push'], ...told, to, file('hello.txt'))) as Listed).digest;
    assert.equal(await registry.digestOfTag('team/notes', 'v1'), artifact);
    await oras(clients, ['pull'], '--allow-path-traversal', '-o', join(clients.folder, 'pulled'), to);
    const blob = (await oras(clients, ['manifest', 'fetch'], to)).match(/"digest":"(sha256:[0-9a-f]+)","size":5/);
    await oras(
      clients,
      ['blob', 'fetch'],
      '--output',
      join(clients.folder, 'blob'),
      `${registry.host}/team/notes@${blob?.[1]}`,
    );
    assert.equal(readFileSync(join(clients.folder, 'blob'), 'utf8'), 'ahoy\n');
  });

  it('attaches by subject, and finds what hangs on it, by type too', async () => {
    const subject = `${registry.host}/team/notes@${artifact}`;
    const attach = async (type: string): Promise<string> => {
      const told = ['--disable-path-validation', '--artifact-type', type, '--format', 'json'];
      const { digest } = JSON.parse(await oras(clients, ['attach'], ...told, subject, file('note.txt'))) as Listed;
      return digest;
    };
    const first = await attach('application/vnd.plimsoll.note');
    const second = await attach('application/vnd.plimsoll.other');
    const found = (await discover(subject)).referrers ?? [];
    assert.deepEqual(found.map(({ digest }) => digest).toSorted(), [first, second].toSorted());
    const told = ['--format', 'json', '--artifact-type', 'application/vnd.plimsoll.note', subject];
    const filtered = JSON.parse(await oras(clients, ['discover'], ...told)) as Listed;
    assert.deepEqual(
      filtered.referrers?.map(({ digest }) => digest),
      [first],
    );
    const tags = await oras(clients, ['repo', 'tags'], `${registry.host}/team/notes`);
    assert.deepEqual(tags.trim().split('\n'), ['v1'], 'no fallback tag: the registry has the referrers API');
  });

  it('copies with all that hangs on it', async () => {
    const [from, to] = ['notes', 'copied'].map((name) => `${registry.host}/team/${name}`);
    const config = join(clients.folder, 'auth.json');
    const plain = ['--from-plain-http', '--to-plain-http'];
    const logins = ['--from-registry-config', config, '--to-registry-config', config];
    await clients.oras('cp', '-r', ...plain, ...logins, `${from}:v1`, `${to}:v1`);
    assert.equal(await registry.digestOfTag('team/copied', 'v1'), artifact);
    assert.equal((await discover(`${to}@${artifact}`)).referrers?.length, 2);
  });

  it('tags, lists repositories, and deletes', async () => {
    const copied = `${registry.host}/team/copied`;
    await oras(clients, ['tag'], `${copied}:v1`, 'v2');
    assert.equal(await registry.digestOfTag('team/copied', 'v2'), artifact);
    const listed = await oras(clients, ['repo', 'ls'], registry.host);
    assert.deepEqual(listed.trim().split('\n'), ['team/copied', 'team/notes']);
    await oras(clients, ['manifest', 'delete'], '--force', `${copied}@${artifact}`);
    const fetched = oras(clients, ['manifest', 'fetch'], `${copied}:v1`);
    assert.match(await clients.fails(fetched), /not found|manifest unknown/i);
  });

  it('refuses a viewer what is in quarantine, what hangs on it, and to push', async () => {
    const fetched = oras(viewer, ['manifest', 'fetch'], `${registry.host}/team/notes:v1`);
    assert.match(await viewer.fails(fetched), /quarantine/);
    const [first] = (await discover(`${registry.host}/team/notes@${artifact}`)).referrers ?? [];
    const hanging = oras(viewer, ['manifest', 'fetch'], `${registry.host}/team/notes@${first?.digest}`);
    assert.match(await viewer.fails(hanging), /quarantine/);
    const push = oras(
      viewer,
      ['push'],
      '--disable-path-validation',
      `${registry.host}/team/notes:mine`,
      file('note.txt'),
    );
    assert.match(await viewer.fails(push), /denied|403|401/i);
  });
});
