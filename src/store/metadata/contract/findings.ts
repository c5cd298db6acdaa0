import assert from 'node:assert/strict';
import { it } from 'node:test';
import { digestOf } from '#base/digest.ts';
import type { PackageFinding } from '#model/platform/judgement.ts';
import { group, type MetadataContractDriver } from './database.ts';
import { ALL } from './samples.ts';

function finding(purl: string, id: string, changes: Partial<PackageFinding> = {}): PackageFinding {
  return { purl, id, aliases: [], severity: 'high', fixedIn: null, ...changes };
}

export function findingsContract(driver: MetadataContractDriver): void {
  group(driver, 'findings', (stores) => {
    it('replaces all of a package version and nothing of others', async () => {
      const { store, other } = stores;
      const { findings } = store.records;
      const [a, b] = ['pkg:npm/a@1', 'pkg:npm/b@1'];
      const first = finding(a, 'GHSA-1', { aliases: ['CVE-1', 'CVE-2'], fixedIn: '2', severity: 'critical' });
      const second = finding(b, 'GHSA-2', { severity: 'unknown' });
      await findings.replace([a, b], [first, second], 1);
      await findings.replace([a, b], [first, second], 2);
      assert.deepEqual(await other.records.findings.ofPackages([b, a, 'pkg:npm/none@1']), [first, second]);
      const changed = finding(a, 'GHSA-3', { aliases: ['CVE-1'] });
      await findings.replace([a], [changed], 3);
      assert.deepEqual(await findings.ofPackages([a, b]), [changed, second]);
      assert.deepEqual(await findings.withId('CVE-2', ALL), []);
      await findings.replace([a, b], [], 4);
      assert.deepEqual(await findings.ofPackages([a, b]), []);
      assert.deepEqual(await findings.withId('GHSA-2', ALL), []);
    });

    it('finds them by id and by alias, page by page', async () => {
      const { findings } = stores.store.records;
      const [one, two] = ['pkg:npm/paged@1', 'pkg:npm/paged@2'];
      const all = [
        finding(one, 'OSV-1', { aliases: ['CVE-9'] }),
        finding(one, 'OSV-2', { aliases: ['CVE-9', 'CVE-9'] }),
        finding(two, 'CVE-9', { aliases: ['OSV-1'] }),
      ];
      await findings.replace([one, two], all, 1);
      assert.deepEqual(await findings.withId('CVE-9', ALL), all);
      assert.deepEqual(await findings.withId('OSV-1', ALL), [all[0], all[2]]);
      const found: PackageFinding[] = [];
      for (let after: string | null = null; found.length < 10; ) {
        const [next]: readonly PackageFinding[] = await findings.withId('CVE-9', { after, limit: 1 });
        if (next === undefined) {
          break;
        }
        found.push(next);
        after = `${next.purl} ${next.id}`;
      }
      assert.deepEqual(found, all);
      assert.deepEqual(await findings.withId('CVE', ALL), []);
    });

    it('keeps as many as there are, and passes over what no inventory can hold', async () => {
      const { findings } = stores.store.records;
      const many = Array.from({ length: 2500 }, (_, index) =>
        finding(`pkg:npm/many@${String(index % 500).padStart(4, '0')}`, `MANY-${String(index).padStart(5, '0')}`, {
          aliases: ['CVE-MANY'],
        }),
      );
      const purls = [...new Set(many.map(({ purl }) => purl))];
      await findings.replace([...purls, 'pkg:npm/\u0000'], [...many, finding('pkg:npm/\u0000', 'X')], 1);
      assert.equal((await findings.ofPackages(purls)).length, 2500);
      assert.equal((await findings.withId('CVE-MANY', { after: null, limit: 3000 })).length, 2500);
      assert.deepEqual(await findings.ofPackages(['pkg:npm/\u0000']), []);
    });

    it('lets many replace those of the same packages at once', async () => {
      const { store, other } = stores;
      const purls = Array.from({ length: 50 }, (_, index) => `pkg:npm/raced@${index}`);
      await Promise.all(
        Array.from({ length: 8 }, (_, round) => {
          const order = round % 2 === 0 ? purls : purls.toReversed();
          const said = order.map((purl) => finding(purl, `RACE-${round}`));
          return (round % 2 === 0 ? store : other).transaction((all) => all.findings.replace(order, said, round));
        }),
      );
      const found = await store.records.findings.ofPackages(purls);
      assert.equal(found.length, purls.length);
      assert.equal(new Set(found.map(({ id }) => id)).size, 1);
    });

    it('lists the versions of packages with a name, and of no other that begins alike', async () => {
      const { findings, inventories } = stores.store.records;
      const name = 'pkg:deb/debian/openssl';
      const versions = [name, `${name}?arch=x`, `${name}@1.0-2`, `${name}@1.0-2?arch=amd64`, `${name}@3`].toSorted();
      const others = [
        `${name}-dev@1`,
        `${name}1@1`,
        `${name}/sub@1`,
        `${name}.@1`,
        'pkg:deb/debian/openss@1',
        `${name}a@1`,
      ];
      await inventories.write({
        layerSet: digestOf('versions of'),
        packages: [...versions, ...others],
        unknowns: [],
        analysedAt: 1,
        content: null,
      });
      assert.deepEqual(await findings.versionsOf([name], ALL), versions);
      assert.deepEqual(
        await findings.versionsOf([name, 'pkg:deb/debian/openss', 'pkg:none'], { after: null, limit: 2 }),
        ['pkg:deb/debian/openss@1', versions[0]],
      );
      const after = versions[1] ?? '';
      assert.deepEqual(await findings.versionsOf([name], { after, limit: 10 }), versions.slice(2));
      assert.deepEqual(await findings.versionsOf(['pkg:npm/\0'], ALL), []);
    });
  });
}
