import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { evidence } from '#test/evidence.ts';
import { missing } from '#test/prerequisites.ts';
import { catalogerContract } from '../contract.ts';
import { javaRuntime } from './index.ts';

evidence(
  'catalogers/java-runtime',
  'real tool',
  'the runtime that Debian has built, as it describes itself when it runs',
);

const PATH = 'opt/java/openjdk/release';
const EXAMPLE = 'IMPLEMENTOR="Debian"\nJAVA_RUNTIME_VERSION="17.0.15+6"\nJAVA_VERSION="17.0.15"\nMODULES="java.base"\n';

catalogerContract(javaRuntime, { example: { path: PATH, bytes: Buffer.from(EXAMPLE) } });

function read(text: string): ReturnType<typeof javaRuntime.read> {
  return javaRuntime.read({ path: PATH, bytes: Buffer.from(text) });
}

test('a runtime has the version and the vendor that it states', () => {
  assert.deepEqual(read(EXAMPLE), {
    packages: [{ type: 'generic', name: 'openjdk', version: '17.0.15', vendor: 'Debian', licenses: [] }],
  });
  const oracle = 'JAVA_VERSION="1.8.0_202"\r\nBUILD_TYPE="commercial"\r\n';
  assert.deepEqual(read(oracle).packages, [
    { type: 'generic', name: 'oracle-jdk', version: '1.8.0_202', licenses: [] },
  ]);
});

test('GraalVM is listed beside its runtime', () => {
  const { packages = [] } = read('JAVA_VERSION="17.0.7"\nGRAALVM_VERSION="22.3.2"\n');
  assert.deepEqual(
    packages.map(({ name, version }) => `${name} ${version}`),
    ['openjdk 17.0.7', 'graalvm 22.3.2'],
  );
});

test('a version that is none is told, and files of other programs are nothing', () => {
  const found = read('JAVA_VERSION="$(cat version)"\n');
  assert.deepEqual(found.unknowns, ['JAVA_VERSION: no version']);
  assert.equal(found.packages?.[0]?.version, '');
  assert.deepEqual(read('VERSION=1\nTHE_JAVA_VERSION="1"\n'), {});
});

test('the runtime of this system is what it says when it runs', { skip: missing('maven') }, () => {
  const { stderr } = spawnSync('java', ['-XshowSettings:properties', '-version'], { encoding: 'utf8' });
  const property = (name: string): string => {
    const line = stderr.split('\n').find((each) => each.trim().startsWith(`${name} = `)) ?? '';
    return line.slice(line.indexOf('=') + 1).trim();
  };
  const bytes = readFileSync(`${property('java.home')}/release`);
  const [runtime] = javaRuntime.read({ path: PATH, bytes }).packages ?? [];
  assert.notEqual(property('java.version'), '');
  assert.deepEqual([runtime?.version, runtime?.vendor], [property('java.version'), property('java.vendor')]);
});
