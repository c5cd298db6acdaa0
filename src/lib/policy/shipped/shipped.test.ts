import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { compileSet } from '../compile/index.ts';
import { type CaseSources, runPolicyTests } from '../test/index.ts';
import { shippedSet, shippedTests } from './index.ts';
import { SHIPPED_ENVIRONMENTS, SHIPPED_POLICIES } from './list.ts';

const folder = import.meta.dirname;
const set = await shippedSet();
const nowhere: CaseSources = {
  facts: async (path) => await Promise.reject(new Error(path)),
  report: async (path) => await Promise.reject(new Error(path)),
};

describe('policies that ship', () => {
  it('are the folders that there are, sorted', () => {
    const folders = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    const names = folders.map(({ name }) => name).filter((name) => name !== 'environments');
    assert.deepEqual(names.toSorted(), [...SHIPPED_POLICIES]);
    assert.deepEqual(
      readdirSync(join(folder, 'environments')).toSorted(),
      SHIPPED_ENVIRONMENTS.flatMap((name) => [`${name}.yaml`, `${name}.test.yaml`]).toSorted(),
    );
  });

  it('compile without an issue, under the names of their folders', () => {
    const result = compileSet(set);
    assert.deepEqual(result.issues, []);
    assert.ok(result.ok);
    assert.deepEqual(
      set.policies.map(({ name }) => name),
      [...SHIPPED_POLICIES],
    );
    assert.deepEqual(
      set.environments.map(({ name }) => name),
      SHIPPED_ENVIRONMENTS.toSorted(),
    );
  });

  it('say what they are for, what each rule wants and what is to be done', () => {
    for (const { name, title, description, validations } of set.policies) {
      assert.ok(title !== name && description !== '', name);
      for (const rule of validations) {
        assert.match(rule.message, /[^.]$/, `${name}/${rule.name}`);
        assert.match(rule.remediation, /\.$/, `${name}/${rule.name}`);
      }
    }
  });
});

describe('cases of policies that ship', async () => {
  const { cases, coverage } = await runPolicyTests(set, await shippedTests(), nowhere);
  for (const { file, line, name, failures } of cases) {
    it(`${file.slice('built in: '.length)}: ${name}`, () => {
      assert.deepEqual(failures, [], `${file}:${line}`);
    });
  }
  it('every rule has a case that keeps it and one that breaks it', (t) => {
    const bare = coverage.filter(({ passing, failing }) => passing === 0 || failing === 0);
    assert.deepEqual(bare, []);
    t.diagnostic(`${cases.length} cases of ${coverage.length} rules`);
    assert.ok(cases.length >= 100, `${cases.length}`);
  });
});
