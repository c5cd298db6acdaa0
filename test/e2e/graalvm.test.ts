import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { graalvm } from '#lib/packages/catalogers/graalvm/index.ts';
import { evidence } from '#test/evidence.ts';
import { buildMavenProjects, plugin } from '#test/fixtures/maven-projects.ts';
import { installNpmPackage } from '#test/fixtures/registry-packages.ts';
import { missing } from '#test/prerequisites.ts';

evidence(
  'catalogers/graalvm',
  'published',
  'the native image of the Closure Compiler, which says its Java and no libraries',
);
evidence(
  'catalogers/graalvm',
  'real tool',
  'a program that gcc linked, with the document that the CycloneDX plugin of Maven wrote, compared with mvn dependency:list',
);

const work = mkdtempSync(join(tmpdir(), 'plimsoll-graalvm-'));
after(() => rmSync(work, { recursive: true, force: true }));

describe('native images', { skip: missing('gnu-tar') }, () => {
  test('one of GraalVM CE says which Java is in it, and that its libraries are not known', () => {
    const folder = installNpmPackage('google-closure-compiler-linux', '20261015.0.0', join(work, 'closure'));
    const path = join(folder, 'compiler');
    assert.deepEqual(graalvm.read({ path, bytes: readFileSync(path) }), {
      packages: [
        {
          type: 'generic',
          name: 'openjdk',
          version: '25.0.2',
          vendor: 'GraalVM CE 25.0.2+10.1',
          licenses: [],
          confidence: 'inferred',
        },
      ],
      unknowns: ['a native image of GraalVM that does not say which libraries are in it'],
    });
  });
});

/** What native-image hands to the linker, as the assembler of gcc has it: the objects, the texts, the document and its length. */
const PROGRAM = `
asm(".section .svm_heap,\\"aw\\"\\n.quad 0\\n"
    ".section .rodata\\n.global sbom\\nsbom:\\n.incbin \\"document.gz\\"\\nsbom_end:\\n"
    ".balign 8\\n.global sbom_length\\nsbom_length:\\n.quad sbom_end - sbom\\n.text\\n");
char version[] = "com.oracle.svm.core.VM.Java.Version=25.0.1";
int main(void) { return version[0] == 0; }
`;

const DEPENDENCIES = [
  'com.fasterxml.jackson.core:jackson-databind:2.15.4',
  'ch.qos.logback:logback-classic:1.2.13',
  'org.apache.commons:commons-text:1.10.0',
  'org.springframework:spring-context:5.3.39',
];

describe('programs with a document', { skip: missing('maven') || missing('gcc') }, () => {
  test('the libraries are those of mvn dependency:list, in a program, a stripped one and a library', (t) => {
    const bom = plugin('org.cyclonedx:cyclonedx-maven-plugin:2.9.1', 'makeBom', '<outputFormat>json</outputFormat>');
    const listed = buildMavenProjects(work, [{ artifact: 'server', dependencies: DEPENDENCIES, plugins: [bom] }]);
    const expected = [...(listed.get('server') ?? []), 'org.example:server:1.0'].toSorted();
    writeFileSync(join(work, 'document.gz'), gzipSync(readFileSync(join(work, 'server/target/bom.json'))));
    writeFileSync(join(work, 'program.c'), PROGRAM);
    for (const options of [['-rdynamic'], ['-rdynamic', '-s'], ['-static'], ['-shared', '-fPIC', '-s']]) {
      const path = join(work, 'program');
      execFileSync('gcc', [...options, '-o', path, 'program.c'], { cwd: work, stdio: 'inherit' });
      const { packages = [], unknowns } = graalvm.read({ path, bytes: readFileSync(path) });
      assert.equal(unknowns, undefined, options.join(' '));
      const libraries = packages.filter(({ type }) => type === 'maven');
      assert.deepEqual(libraries.map(({ name, version }) => `${name}:${version}`).toSorted(), expected);
      assert.deepEqual(libraries.find(({ name }) => name === 'ch.qos.logback:logback-classic')?.requires, [
        'ch.qos.logback:logback-core 1.2.13',
        'org.slf4j:slf4j-api 1.7.32',
      ]);
    }
    t.diagnostic(`${expected.length} libraries`);
    assert.ok(expected.length >= 10);
  });
});
