import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { catalogerContract } from '../contract.ts';
import { flatpak } from './index.ts';

evidence('catalogers/flatpak', 'self-made', 'metadata of the form that flatpak-metadata(5) describes');

const COMMIT = '0123456789abcdef';
const APP = `var/lib/flatpak/app/org.example.App/x86_64/stable/${COMMIT}/metadata`;
const RUNTIME = `var/lib/flatpak/runtime/org.example.Platform/x86_64/23.08/${COMMIT}/metadata`;

const EXAMPLE = `[Application]
name=org.example.App
runtime=org.example.Platform/x86_64/23.08
sdk=org.example.Sdk/x86_64/23.08

[Context]
name=other
`;

catalogerContract(flatpak, { example: { path: APP, bytes: Buffer.from(EXAMPLE) } });

function read(path: string, text: string): ReturnType<typeof flatpak.read> {
  return flatpak.read({ path, bytes: Buffer.from(text) });
}

test('applications and runtimes are packages of their branch, and an application needs its runtime', () => {
  assert.deepEqual(read(APP, EXAMPLE).packages, [
    {
      type: 'flatpak',
      name: 'org.example.App',
      version: 'stable',
      architecture: 'x86_64',
      requires: ['org.example.Platform'],
      licenses: [],
    },
  ]);
  assert.deepEqual(
    read(RUNTIME, '[Runtime]\nname=org.example.Platform\nruntime=org.example.Platform/x86_64/23.08\n').packages,
    [{ type: 'flatpak', name: 'org.example.Platform', version: '23.08', architecture: 'x86_64', licenses: [] }],
  );
});

test('what names nothing is an unknown, and other files of that name are none of ours', () => {
  for (const text of ['', '[Context]\nname=a\n', '[Application]\nname=\n', 'name=a\n']) {
    assert.equal(read(APP, text).unknowns?.length, 1, text);
  }
  for (const path of [
    `var/lib/flatpak/app/org.example.App/x86_64/stable/${COMMIT}/files/metadata`,
    'var/lib/flatpak/app/org.example.App/metadata',
    `var/lib/flatpak/repo/org.example.App/x86_64/stable/${COMMIT}/metadata`,
  ]) {
    assert.deepEqual(read(path, EXAMPLE), {}, path);
  }
});
