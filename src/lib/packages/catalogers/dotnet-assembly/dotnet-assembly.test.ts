import assert from 'node:assert/strict';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { assembly } from '#test/fixtures/version-resource.ts';
import { catalogerContract } from '../contract.ts';
import { dotnetAssembly } from './index.ts';
import { packageVersion } from './package-version.ts';

evidence('catalogers/dotnet-assembly', 'self-made', 'version resources after the description of Microsoft');

const COMMIT = '0a2e291c0d9c0c7675d445703e51750363a549ef';
const PATH = 'opt/app/Newtonsoft.Json.dll';
const TEXTS = {
  CompanyName: 'Newtonsoft',
  OriginalFilename: 'Newtonsoft.Json.dll',
  ProductVersion: `13.0.3+${COMMIT}`,
};

catalogerContract(dotnetAssembly, { example: { path: PATH, bytes: assembly(TEXTS) } });

function read(bytes: Uint8Array): ReturnType<typeof dotnetAssembly.read> {
  return dotnetAssembly.read({ path: PATH, bytes });
}

test('an assembly of the table is its package, in the version in front of the commit', () => {
  assert.deepEqual(read(assembly(TEXTS)).packages, [
    { type: 'nuget', name: 'Newtonsoft.Json', version: '13.0.3', licenses: [], confidence: 'inferred' },
  ]);
});

test('what is not certain is nothing', () => {
  for (const [why, bytes] of [
    ['another name inside', assembly({ ...TEXTS, OriginalFilename: 'Merged.dll' })],
    ['no name inside', assembly({ ProductVersion: TEXTS.ProductVersion })],
    ['no commit', assembly({ ...TEXTS, ProductVersion: '13.0.3' })],
    ['no version', assembly({ OriginalFilename: TEXTS.OriginalFilename })],
    ['no code of .NET', assembly(TEXTS, false)],
    ['no program', Buffer.from('MZ'.padEnd(100, '\0'))],
    ['a text', Buffer.from('text')],
  ] as const) {
    assert.deepEqual(read(bytes), {}, why);
  }
});

test('versions are those of packages in front of a whole commit', () => {
  for (const [text, expected] of [
    [`13.0.3+${COMMIT}`, '13.0.3'],
    [`4.9.3-rtm.5777+${COMMIT}`, '4.9.3-rtm.5777'],
    ['13.0.3', null],
    [`13.0.3+${COMMIT}0`, null],
    ['13.0.3+0a2e291', null],
    [`13.0+${COMMIT}`, null],
    [`13.0.3 (release)+${COMMIT}`, null],
    [`+${COMMIT}`, null],
    ['', null],
  ] as const) {
    assert.equal(packageVersion(text), expected, text);
  }
});

test('only assemblies of the table are held', () => {
  for (const [path, wanted] of [
    ['Newtonsoft.Json.dll', true],
    ['app/bin/Azure.Core.dll', true],
    ['app/bin/System.Text.Json.dll', false],
    ['app/Fluid.dll', false],
    ['app/xAzure.Core.dll', false],
  ] as const) {
    assert.equal(dotnetAssembly.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});
