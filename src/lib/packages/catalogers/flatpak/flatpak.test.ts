import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '#base/error.ts';
import { evidence } from '#test/evidence.ts';
import { FlatpakInstallation } from '#test/fixtures/flatpak-installation.ts';
import { missing } from '#test/prerequisites.ts';
import { catalogerContract } from '../contract.ts';
import { flatpak } from './index.ts';

evidence('catalogers/flatpak', 'real tool', 'what Flatpak built, exported and installed, listed by flatpak');

const COMMIT = '538158eaac2626c9f3e15cdac52e62954d0f1b29ca226660c83c8e569c06d41f';
const APP = `var/lib/flatpak/app/org.example.App/x86_64/stable/${COMMIT}/deploy`;

/** Written by Flatpak 1.14.10. */
const DEPLOYMENT = Buffer.from(
  'bG9jYWwANTM4MTU4ZWFhYzI2MjZjOWYzZTE1Y2RhYzUyZTYyOTU0ZDBmMWIyOWNhMjI2NjYwYzgzYzhlNTY5YzA2ZDQxZgAAAAAAAAAACgBhcHBk' +
    'YXRhLW5hbWUAAAAAQXBwAABzDQBhcHBkYXRhLXZlcnNpb24AMS4yLjMAAHMQAAAAAAAAAGRlcGxveS12ZXJzaW9uAAAEAAAAAGkPAGFwcGRhdGEt' +
    'bGljZW5zZQBNSVQAAHMQAHJ1bnRpbWUAb3JnLmV4YW1wbGUuUGxhdGZvcm0veDg2XzY0LzIzLjA4AABzCAAAAGFwcGRhdGEtc3VtbWFyeQBzAABz' +
    'EAAAAHRpbWVzdGFtcAAAAAAAAAAb6QJrAAAAAAB0ChcxT2eVrctHAEcABgA=',
  'base64',
);

catalogerContract(flatpak, { example: { path: APP, bytes: DEPLOYMENT } });

function read(path: string, bytes: Uint8Array = DEPLOYMENT): ReturnType<typeof flatpak.read> {
  return flatpak.read({ path, bytes });
}

test('an application has the version that it says, and needs its runtime', () => {
  assert.deepEqual(read(APP).packages, [
    {
      type: 'flatpak',
      name: 'org.example.App',
      version: '1.2.3',
      architecture: 'x86_64',
      requires: ['org.example.Platform/x86_64/23.08'],
      provides: ['org.example.App/x86_64/stable'],
      licenses: ['MIT'],
    },
  ]);
});

test('it is wanted in any installation, and other files of that name are none of ours', () => {
  const inHome = `home/a/.local/share/flatpak/app/org.example.App/x86_64/stable/${COMMIT}/deploy`;
  assert.ok(flatpak.wants({ path: inHome, mode: 0o644, size: 1 }));
  assert.deepEqual(read(inHome), read(APP));
  assert.ok(!flatpak.wants({ path: 'usr/bin/deploy', mode: 0o644, size: 1 }));
  for (const path of [
    'usr/bin/deploy',
    `var/lib/flatpak/app/org.example.App/x86_64/stable/${COMMIT}/files/deploy`,
    'var/lib/flatpak/app/org.example.App/x86_64/stable/active/deploy',
    `var/lib/flatpak/app/org.example.App/x86_64//${COMMIT}/deploy`,
    `var/lib/flatpak/repo/org.example.App/x86_64/stable/${COMMIT}/deploy`,
  ]) {
    assert.deepEqual(read(path), {}, path);
  }
});

test('what is no note of a deployment is an error', () => {
  const cut = [0, 1, 100, DEPLOYMENT.length - 1].map((length) => DEPLOYMENT.subarray(0, length));
  const end = Buffer.from(DEPLOYMENT);
  end[end.length - 7] = 0xff;
  for (const bytes of [...cut, end, Buffer.from('rubbish'), Buffer.alloc(300), Buffer.alloc(300, 0xff)]) {
    assert.throws(() => read(APP, bytes), { code: 'PACKAGE_METADATA_INVALID', object: APP });
  }
});

test('any ends of members give a package or an error', () => {
  const change = fc.tuple(fc.nat({ max: 20 }), fc.nat({ max: 255 }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), fc.nat({ max: 40 }), (changes, cut) => {
      const bytes = Buffer.from(DEPLOYMENT.subarray(0, DEPLOYMENT.length - cut));
      changes.forEach(([fromEnd, value]) => {
        bytes[bytes.length - 1 - fromEnd] = value;
      });
      try {
        assert.equal(read(APP, bytes).packages?.length, 1);
      } catch (error) {
        assert.ok(error instanceof AppError && error.object === APP);
      }
    }),
  );
});

describe('an installation that Flatpak made', { skip: missing('flatpak') }, () => {
  const installation = new FlatpakInstallation();
  after(() => installation.remove());

  test('has what flatpak lists', () => {
    const runtime = 'org.example.Platform';
    const long = `1.2.3-${'x'.repeat(300)}`;
    installation.installRuntime(runtime, '22.08');
    installation.installRuntime(runtime, '23.08');
    installation.installApplication({
      id: 'org.example.Editor',
      branch: 'stable',
      runtime: `${runtime}//23.08`,
      says: { version: '24.2~rc1', license: 'GPL-3.0-or-later' },
    });
    installation.installApplication({
      id: 'org.example.Long',
      branch: 'beta',
      runtime: `${runtime}//22.08`,
      says: { version: long, license: 'MIT' },
    });
    installation.installApplication({ id: 'org.example.Plain', branch: 'master', runtime: `${runtime}//23.08` });

    const columns = '--columns=application,arch,branch,version,runtime';
    const listed = installation
      .run('--user', 'list', columns)
      .trimEnd()
      .split('\n')
      .map((line) => line.split('\t'));
    assert.equal(listed.length, 5);
    const expected = listed.map(([name = '', architecture, branch = '', version = '', needs = '']) => ({
      name,
      architecture,
      version: version === '' ? branch : version,
      requires: needs === '' ? [] : [needs],
      provides: [`${name}/${architecture}/${branch}`],
    }));
    const found = readAll(installation.root);
    assert.deepEqual(
      found
        .map(({ name, architecture, version, requires = [], provides = [] }) => ({
          name,
          architecture,
          version,
          requires,
          provides,
        }))
        .toSorted(byName),
      expected.toSorted(byName),
    );
    assert.deepEqual(found.flatMap(({ licenses }) => licenses).toSorted(), ['GPL-3.0-or-later', 'MIT']);
    assert.ok(found.some(({ version }) => version === long));
  });
});

function readAll(root: string) {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((path) => flatpak.wants({ path, mode: 0o644, size: 1 }))
    .filter((path) => !path.includes('/repo/'))
    .flatMap((path) => read(path, readFileSync(join(root, path))).packages ?? []);
}

function byName(a: { readonly provides: readonly string[] }, b: { readonly provides: readonly string[] }): number {
  return (a.provides[0] ?? '') < (b.provides[0] ?? '') ? -1 : 1;
}
