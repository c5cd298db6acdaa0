import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { type ActivePolicies, AD_HOC, loadPolicies } from './active.ts';

function policy(name: string, expression = 'true'): string {
  return `apiVersion: plimsoll.dev/v1
kind: Policy
metadata: { name: ${name} }
validations: [{ name: rule, expression: "${expression}", message: broken }]
`;
}

function environment(name: string, ...policies: readonly string[]): string {
  return `apiVersion: plimsoll.dev/v1
kind: Environment
metadata: { name: ${name} }
policies: [${policies.map((one) => `{ policy: ${one} }`).join(', ')}]
`;
}

/** A folder with these files. */
function folderOf(context: TestContext, files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-active-'));
  context.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
  }
  return folder;
}

async function load(path: string, name: string | null, files: readonly string[] = []): Promise<ActivePolicies> {
  return await loadPolicies({
    source: { kind: 'folder', path },
    files: files.map((file) => join(path, file)),
    environment: name,
    named: (file) => basename(file),
  });
}

function policiesOf({ compiled, environment: name }: ActivePolicies): readonly string[] {
  return (compiled.environments.get(name)?.policies ?? []).map((one) => one.policy.name);
}

describe('policies that are active', () => {
  it('are those that the environment selects, of what ships too', async (context) => {
    const folder = folderOf(context, { 'a.yaml': policy('own'), 'e.yml': environment('here', 'own', 'non-root-user') });
    assert.deepEqual(policiesOf(await load(folder, 'here')), ['non-root-user', 'own']);
  });

  it('are what ships where there is no folder', async () => {
    const named = (file: string): string => file;
    const active = await loadPolicies({ source: { kind: 'shipped' }, files: [], environment: 'production', named });
    assert.ok(policiesOf(active).includes('malicious-packages'));
  });

  it('grow by files, in an environment of another digest', async (context) => {
    const folder = folderOf(context, { 'a.yaml': policy('own'), 'e.yml': environment('here', 'own') });
    const before = await load(folder, 'here');
    const more = folderOf(context, { 'b.yaml': policy('more') });
    const after = await loadPolicies({
      source: { kind: 'folder', path: folder },
      files: [join(more, 'b.yaml')],
      environment: 'here',
      named: basename,
    });
    assert.deepEqual(policiesOf(after), ['more', 'own']);
    assert.notEqual(after.set.revision, before.set.revision);
    const digests = [before, after].map(({ set }) => set.environments.find(({ name }) => name === 'here')?.digest);
    assert.notEqual(digests[0], digests[1]);
  });

  it('are those of files alone where no environment is named', async (context) => {
    const folder = folderOf(context, { 'a.yaml': policy('own'), 'b.yaml': policy('other', 'undefined.field') });
    const active = await load(folder, null, ['a.yaml']);
    assert.equal(active.environment, AD_HOC);
    assert.deepEqual(policiesOf(active), ['own']);
  });

  it('are none at all where one document is broken: it may be what refuses', async (context) => {
    const folder = folderOf(context, {
      'a.yaml': policy('own'),
      'b.yaml': 'apiVersion: plimsoll.dev/v1\nkind: Policy\nmetadata: { name: b }\nrules: []\n',
      'e.yaml': environment('here', 'own'),
    });
    await assert.rejects(load(folder, 'here'), { code: 'POLICY_DOCUMENT_INVALID', object: /^b\.yaml, line 4/ });
  });

  it('are none at all where an expression does not compile', async (context) => {
    const folder = folderOf(context, {
      'a.yaml': policy('own', 'image.usr == 1'),
      'e.yaml': environment('here', 'own'),
    });
    await assert.rejects(load(folder, 'here'), { code: 'POLICY_NOT_COMPILED', object: /^a\.yaml, line 4/ });
  });
});
