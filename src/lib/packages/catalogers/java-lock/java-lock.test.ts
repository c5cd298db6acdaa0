import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Found } from '#model/analyser.ts';
import { evidence } from '#test/evidence.ts';
import { asList, listOf, lockFile } from '#test/fixtures/lock-files/index.ts';
import { catalogerContract } from '../contract.ts';
import { javaLock } from './index.ts';

evidence('catalogers/java-lock pom', 'real tool', 'a project whose direct dependencies Maven lists');
evidence(
  'catalogers/java-lock sbt',
  'real tool',
  'a lock file in the form of sbt-dependency-lock, as another scanner reads it',
);
evidence('catalogers/java-lock gradle', 'real tool', 'a lock file in the form of Gradle, as another scanner reads it');

const POM = 'srv/app/pom.xml';

catalogerContract(javaLock, { example: { path: POM, bytes: lockFile('java', 'pom.xml') } });

function read(path: string, text: string | Uint8Array): Found {
  return javaLock.read({ path, bytes: typeof text === 'string' ? Buffer.from(text) : text });
}

const dependency = (group: string, artifact: string, version: string): string =>
  `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId>${version}</dependency>`;

test('the dependencies of a project are those that Maven lists', () => {
  const found = read(POM, lockFile('java', 'pom.xml'));
  const listed = listOf('java', 'pom.xml');
  assert.ok(listed.length >= 10);
  assert.deepEqual(asList(found.packages), listed);
  assert.equal(found.unknowns, undefined);
  assert.ok(found.packages?.every((record) => record.type === 'maven' && record.confidence === 'declared'));
});

test('what a parent or a range would decide has no version', () => {
  const project = `<project>
  <parent><groupId>org.parent</groupId><artifactId>p</artifactId><version>7</version></parent>
  <artifactId>sample</artifactId>
  <properties><loop>\${loop}</loop><half>1.\${missing}</half></properties>
  <dependencies>
    ${dependency('a', 'inherited', '')}
    ${dependency('a', 'range', '<version>[1.0,2.0)</version>')}
    ${dependency('a', 'property', '<version>${of.parent}</version>')}
    ${dependency('a', 'loop', '<version>${loop}</version>')}
    ${dependency('a', 'half', '<version>${half}</version>')}
    ${dependency('a', 'open', '<version>${open</version>')}
    ${dependency('${project.groupId}', 'sibling', '<version>${project.version}</version>')}
    ${dependency('${of.parent}', 'unnamed', '<version>1</version>')}
    ${dependency('a', 'file', '<version>1</version><scope>system</scope>')}
  </dependencies>
  <build><plugins><plugin><dependencies>${dependency('a', 'plugin', '')}</dependencies></plugin></plugins></build>
</project>`;
  const found = read(POM, project);
  assert.deepEqual(asList(found.packages), [
    'a:half ',
    'a:inherited ',
    'a:loop ',
    'a:open ',
    'a:property ',
    'a:range ',
    'org.parent:sibling 7',
  ]);
  assert.deepEqual(found.unknowns, ['an entry without a name that the file says: "unnamed"']);
});

test('another document is an error', () => {
  for (const text of ['', '<settings/>', '<project>', 'x']) {
    assert.throws(() => read(POM, text), { code: 'PACKAGE_METADATA_INVALID', object: POM }, text);
  }
});

test('a lock file of Gradle is read as another scanner does', () => {
  const path = 'srv/gradle.lockfile';
  const found = read(path, lockFile('judged', 'gradle.lockfile'));
  const listed = listOf('judged', 'gradle.lockfile');
  assert.ok(listed.length >= 10);
  assert.deepEqual(asList(found.packages), listed);
  assert.equal(found.unknowns, undefined);
  assert.deepEqual(read(path, 'empty=a,b\n'), { packages: [] });
  assert.deepEqual(read(path, 'a:b:1=x\na:b=x\na:b:c:d=x\n').unknowns, [
    '2 entries other than modules with versions, the first "a:b=x"',
  ]);
  assert.throws(() => read(path, '# nothing\n'), { code: 'PACKAGE_METADATA_INVALID', object: path });
});

test('a lock file of sbt is read as another scanner does, and counts what only tests need', () => {
  const path = 'srv/build.sbt.lock';
  const found = read(path, lockFile('judged', 'build.sbt.lock'));
  const listed = listOf('judged', 'build.sbt.lock');
  assert.ok(listed.length >= 10);
  assert.deepEqual(asList(found.packages), listed);
  assert.equal(found.unknowns, undefined);
  const [org, name] = ['org.example', 'a'];
  const tests = {
    lockVersion: 1,
    dependencies: [
      { org, name, version: '1', configurations: ['test'] },
      { org, name },
    ],
  };
  const { packages, unknowns } = read(path, JSON.stringify(tests));
  assert.deepEqual(asList(packages), ['org.example:a 1']);
  assert.deepEqual(unknowns, ['an entry without an organisation, a name and a version: "a"']);
  for (const text of ['', '{}', '[]', '{"lockVersion": 1}']) {
    assert.throws(() => read(path, text), { object: path }, text);
  }
});

test('files are known by their names', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    ['srv/core.sbt.lock', true],
    ['build.sbt', false],
    ['srv/pom.xml', true],
    ['srv/my-pom.xml', false],
    ['srv/app/META-INF/maven/g/a/pom.xml', false],
    ['go/pkg/mod/example.org/a@v1.0.0/build.sbt.lock', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(javaLock.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
});
