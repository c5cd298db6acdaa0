import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '#base/limits.ts';
import { listed, manifest, properties, read } from '#test/fixtures/java-archives.ts';
import { type ZipEntry, zipArchive } from '#test/fixtures/zip-archive.ts';
import { data, missing } from '#test/prerequisites.ts';
import { catalogerContract } from '../contract.ts';
import { splitFileName } from './file-name.ts';
import { javaArchive } from './index.ts';
import { parseManifest } from './parse-manifest.ts';
import { parseProperties } from './parse-properties.ts';

const MANIFEST = 'Manifest-Version: 1.0\r\nBundle-License: "https://licence.example/a,b";link=x, MIT\r\n\r\n';

const POM = `<?xml version="1.0"?>
<!-- <groupId>none</groupId> -->
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <parent><groupId>org.example</groupId><artifactId>parent</artifactId><version>2</version></parent>
  <artifactId>demo</artifactId>
  <properties><other.group>org.other</other.group></properties>
  <licenses><license><name>Apache-2.0</name></license><license><url>https://licence.example</url></license></licenses>
  <dependencies>
    <dependency><groupId>\${project.groupId}</groupId><artifactId>core</artifactId></dependency>
    <dependency><groupId>\${other.group}</groupId><artifactId>runtime</artifactId><scope>runtime</scope></dependency>
    <dependency><groupId>org.other</groupId><artifactId>tests</artifactId><scope>test</scope></dependency>
    <dependency><groupId>org.other</groupId><artifactId>maybe</artifactId><optional>true</optional></dependency>
    <dependency><groupId>\${elsewhere}</groupId><artifactId>nobody</artifactId></dependency>
  </dependencies>
</project>
`;

const EXAMPLE = zipArchive([
  { name: 'META-INF/MANIFEST.MF', content: MANIFEST },
  properties('org.example', 'demo', '2'),
  { name: 'META-INF/maven/org.example/demo/pom.xml', content: POM },
  { name: 'BOOT-INF/lib/core-1.jar', content: zipArchive([properties('org.example', 'core', '1')]), method: 'stored' },
]);

catalogerContract(javaArchive, { example: { path: 'app/demo-2.jar', bytes: EXAMPLE } });

test('archives of all kinds are wanted, and read where they are archives', () => {
  const paths: readonly (readonly [string, boolean])[] = [
    ['app/a.jar', true],
    ['a.war', true],
    ['usr/share/jenkins/plugin.hpi', true],
    ['app/a.lpkg', true],
    ['app/a.jar.bak', false],
    ['app/a.zip', false],
    ['app/a.class', false],
    ['.jar', false],
  ];
  for (const [path, wanted] of paths) {
    assert.equal(javaArchive.wants({ path, mode: 0o644, size: 1 }), wanted, path);
  }
  for (const other of ['Rar!\x1a\x07', 'MThd', 'PAR2\0PKT', '']) {
    assert.equal(javaArchive.accepts?.(Buffer.from(other)), false, other);
    assert.deepEqual(javaArchive.read({ path: 'a.rar', bytes: Buffer.from(other) }), {});
  }
});

test('a package with what it needs and its licences, and another inside', () => {
  assert.deepEqual(javaArchive.read({ path: 'app/demo-2.jar', bytes: EXAMPLE }), {
    packages: [
      {
        type: 'maven',
        name: 'org.example:demo',
        version: '2',
        requires: ['org.example:core', 'org.other:runtime'],
        licenses: ['Apache-2.0', 'https://licence.example'],
      },
      { type: 'maven', name: 'org.example:core', version: '1', licenses: [], within: 'BOOT-INF/lib/core-1.jar' },
    ],
  });
});

test('a licence is in the manifest where Maven has left none', () => {
  const { packages = [] } = read(
    'a-1.jar',
    { name: 'META-INF/MANIFEST.MF', content: MANIFEST },
    properties('g', 'a', '1'),
  );
  assert.deepEqual(packages[0]?.licenses, ['https://licence.example/a,b', 'MIT']);
});

test('of several packages in one archive, the one that it is called by is itself and the others are within', () => {
  const found = read('lib/app-1.0.jar', properties('g', 'inner', '3'), properties('g', 'app', '1.0'));
  assert.deepEqual(listed(found), ['g:inner 3 META-INF/maven/g/inner', 'g:app 1.0']);
});

test('an archive that only describes what is shaded into it is called by its own name, without a group', () => {
  const shaded = [properties('g', 'inner', '3'), properties('g', 'other', '1')];
  assert.deepEqual(listed(read('lib/app-1.0.jar', ...shaded)), [
    'g:inner 3 META-INF/maven/g/inner',
    'g:other 1 META-INF/maven/g/other',
    'app 1.0 (inferred)',
  ]);
  assert.deepEqual(listed(read('app.jar', ...shaded)).length, 2);
});

test('an archive that was renamed is still the package that it describes', () => {
  assert.deepEqual(listed(read('app.jar', properties('g', 'demo', '1.0'))), ['g:demo 1.0']);
  assert.deepEqual(listed(read('g.demo-1.0.jar', properties('g', 'demo', '1.0'))), ['g:demo 1.0']);
  assert.deepEqual(listed(read('demo-1.0-linux-x86_64.jar', properties('g', 'demo', '1.0'))), ['g:demo 1.0']);
  assert.deepEqual(listed(read('demo-1.0-20240101.123456-1.jar', properties('g', 'demo', '1.0-SNAPSHOT'))), [
    'g:demo 1.0-SNAPSHOT',
  ]);
});

test('nothing is made a group that is none, and of the version what the name says counts', () => {
  const guava = manifest(
    'Bundle-SymbolicName: com.google.guava',
    'Automatic-Module-Name: com.google.common',
    'Implementation-Vendor-Id: com.google',
    'Bundle-Version: 27.0.0.jre',
  );
  assert.deepEqual(listed(read('guava-27.0-jre.jar', guava)), ['guava 27.0-jre (inferred)']);
  assert.deepEqual(listed(read('guava.jar', guava)), ['guava  (inferred)']);
  assert.deepEqual(listed(read('jrt-fs.jar', manifest('Implementation-Version: 17.0.15'))), [
    'jrt-fs 17.0.15 (inferred)',
  ]);
  assert.deepEqual(listed(read('jna.jar', manifest('Implementation-Version: 5.6.0 (b0)'))), ['jna  (inferred)']);
  assert.deepEqual(listed(read('a.jar')), ['a  (inferred)']);
  assert.deepEqual(listed(read('a.par', { name: 'META.yml', content: '' })), []);
});

test('coordinates that a manifest states as such are those of the archive', () => {
  const nifi = manifest('Nar-Group: org.apache.nifi', 'Nar-Id: nifi-avro-nar', 'Nar-Version: 1.19.1');
  assert.deepEqual(listed(read('x.nar', nifi)), ['org.apache.nifi:nifi-avro-nar 1.19.1']);
  const jenkins = manifest('Group-Id: org.jenkins-ci.plugins', 'Short-Name: git', 'Plugin-Version: 5.2 (private-a)');
  assert.deepEqual(listed(read('git.jpi', jenkins)), ['org.jenkins-ci.plugins:git 5.2']);
});

test('coordinates are in pom.xml where there are no properties, as far as it says them', () => {
  const folder = 'META-INF/maven/org.example/demo';
  assert.deepEqual(listed(read('app.jar', { name: `${folder}/pom.xml`, content: POM })), ['org.example:demo 2']);
  const inherited = POM.replace('<version>2</version>', '<version>${revision}</version>');
  assert.deepEqual(listed(read('app.jar', { name: `${folder}/pom.xml`, content: inherited })), ['org.example:demo ']);
  const found = read('app.jar', { name: `${folder}/pom.properties`, content: 'version=1\n' });
  assert.deepEqual(found.unknowns, [`app.jar: no group and artifact in the files of "${folder}"`]);
});

test('archives are read inside each other, and told where they are too deep', () => {
  let bytes = zipArchive([properties('g', 'level-1', '1')]);
  for (let level = 2; level <= LIMITS.archiveDepth + 1; level += 1) {
    const inner = { name: `lib/level-${level - 1}-1.jar`, content: bytes };
    bytes = zipArchive([properties('g', `level-${level}`, '1'), inner]);
  }
  const found = javaArchive.read({ path: 'a.ear', bytes });
  assert.equal(found.packages?.length, LIMITS.archiveDepth);
  assert.equal(listed(found)[2], 'g:level-7 1 lib/level-8-1.jar!/lib/level-7-1.jar');
  assert.match(
    found.unknowns?.join() ?? '',
    /level-1-1.jar": too large: expected at most 8 archives inside each other/,
  );
});

test('what cannot be read in an archive is told, and the rest stands', () => {
  const broken = zipArchive([properties('g', 'b', '1')]).subarray(0, -4);
  const entries: readonly ZipEntry[] = [
    properties('g', 'a', '1'),
    { name: 'lib/b.jar', content: broken },
    { name: 'lib/c.jar', content: zipArchive([properties('g', 'c', '1')]) },
    { name: 'lib/d.jar', content: zipArchive([properties('g', 'd', '1')]), claimedCrc: 1 },
    { name: 'META-INF/MANIFEST.MF', content: 'no attribute\n' },
    { name: 'META-INF/maven/g/a/pom.xml', content: '<project>' },
  ];
  const found = read('a.jar', ...entries);
  assert.deepEqual(listed(found), ['g:a 1', 'g:c 1 lib/c.jar']);
  const told = found.unknowns?.join('\n') ?? '';
  assert.match(told, /"lib\/b.jar": damaged archive: expected a record at its end, found none, and 1 more/);
  assert.match(told, /line 1: no attribute of a manifest/);
  assert.match(told, /not well-formed XML/);
});

test('manifests that differ are told', () => {
  const found = read('a-1.jar', manifest('A: 1'), manifest('A: 2'));
  assert.deepEqual(found.unknowns, ['a-1.jar: manifests that differ']);
  assert.equal(read('a-1.jar', manifest('A: 1'), manifest('A: 1')).unknowns, undefined);
});

test('all that is unpacked of one archive is bounded in sum', () => {
  const pom = ' '.repeat(1_000_000);
  const entries = Array.from({ length: 200 }, (_, index) => ({
    name: `META-INF/maven/g/a${index}/pom.xml`,
    content: pom,
  }));
  const found = read('a-1.jar', ...entries);
  assert.match(found.unknowns?.join() ?? '', /bytes to unpack/);
});

test('every manifest of a real archive is read, to the end of its main section', {
  skip: missing('shared-data'),
}, (t) => {
  const folder = data('spec/jar-manifests/manifest');
  const names = readdirSync(folder).filter((name) => name.endsWith('.MF'));
  let attributes = 0;
  for (const name of names) {
    const whole = parseManifest(readFileSync(`${folder}/${name}`));
    assert.deepEqual(whole.unknowns, [], name);
    assert.equal(whole.attributes.get('manifest-version'), '1.0', name);
    assert.deepEqual(whole, parseManifest(readFileSync(`${folder}/${name}.want`)), name);
    attributes += whole.attributes.size;
  }
  assert.ok(names.length >= 32, `${names.length} manifests`);
  t.diagnostic(`${names.length} manifests, ${attributes} attributes`);
});

test('every pom.properties of a real archive names a package, mostly the archive', {
  skip: missing('shared-data'),
}, (t) => {
  const folder = data('spec/jar-manifests/properties');
  const names = readdirSync(folder);
  const others: string[] = [];
  for (const name of names) {
    const values = parseProperties(readFileSync(`${folder}/${name}`, 'utf8'));
    assert.equal(values.size, 3, name);
    const { artifact, version } = splitFileName(name.slice(0, -'.txt'.length), []);
    if (values.get('artifactId') !== artifact || values.get('version') !== version) {
      others.push(name);
    }
  }
  // What is shaded into this one describes itself, and the archive does not.
  assert.deepEqual(others, ['cassandra-driver-core-3.11.0-shaded.txt']);
  assert.ok(names.length >= 25);
  t.diagnostic(`${names.length} files`);
});

test('a manifest is folded in bytes, and its names are in any case', () => {
  const cases: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    ['A: b\r\n c\r\n\r\nD: e\r\n', [['a', 'bc']]],
    [
      'A: b\r c\rD: e\r\r',
      [
        ['a', 'bc'],
        ['d', 'e'],
      ],
    ],
    [
      'A: b\n  c\nD:e',
      [
        ['a', 'b c'],
        ['d', 'e'],
      ],
    ],
    ['\ufeffA: b', [['a', 'b']]],
    ['', []],
  ];
  for (const [text, expected] of cases) {
    assert.deepEqual([...parseManifest(Buffer.from(text)).attributes], expected, JSON.stringify(text));
  }
  const folded = Buffer.concat([Buffer.from('A: '), Buffer.from([0xc3]), Buffer.from('\r\n '), Buffer.from([0xbc])]);
  assert.equal(parseManifest(folded).attributes.get('a'), 'ü');
  const many = Array.from({ length: 2000 }, (_, index) => `A-${index}: b\n`).join('');
  assert.match(parseManifest(Buffer.from(many)).unknowns.join(), /a main section of more than 1000 attributes/);
  assert.match(parseManifest(Buffer.from(`A: b\n${' c\n'.repeat(400_000)}`)).unknowns.join(), /or 1048576 bytes/);
  assert.deepEqual(parseManifest(Buffer.from(`A: b\n\n${' c\n'.repeat(400_000)}`)).unknowns, []);
  assert.deepEqual(parseManifest(Buffer.from(' b\nA: b')).unknowns, ['line 1: no attribute of a manifest']);
});

test('properties as java.util.Properties reads them', () => {
  const cases: readonly (readonly [string, readonly (readonly [string, string])[]])[] = [
    ['# c\n! c\n\n  a = b \\\n   c\n', [['a', 'b c']]],
    [
      'a:b\rc d\r\ne',
      [
        ['a', 'b'],
        ['c', 'd'],
        ['e', ''],
      ],
    ],
    ['a\\=b=c\\u00fc\\t\\\\\n', [['a=b', 'cü\t\\']]],
    ['a=1\na=2', [['a', '2']]],
    [
      'a=b\\\\\nc=d',
      [
        ['a', 'b\\'],
        ['c', 'd'],
      ],
    ],
    ['\\', [['', '']]],
  ];
  for (const [text, expected] of cases) {
    assert.deepEqual([...parseProperties(text)], expected, JSON.stringify(text));
  }
});

test('the version in a name begins where no word is followed by a further number', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['log4j-1.2-api-2.17.1', 'log4j-1.2-api', '2.17.1'],
    ['jackson-module-scala_2.13-2.15.0', 'jackson-module-scala_2.13', '2.15.0'],
    ['guice-4.0-beta-5', 'guice', '4.0-beta-5'],
    ['jboss-logging-3.4.3.Final-redhat-00001', 'jboss-logging', '3.4.3.Final-redhat-00001'],
    ['netty-4.1.100.Final-linux-x86_64', 'netty', '4.1.100.Final'],
    ['java-cup-runtime-11b-20160615', 'java-cup-runtime', '11b-20160615'],
    ['demo-1.0-sources', 'demo', '1.0'],
    ['sisu-guice-3.2.3-no_aop', 'sisu-guice', '3.2.3'],
    ['jsr305-0.1~+svn49', 'jsr305', '0.1~+svn49'],
    ['stress', 'stress', ''],
    ['x-', 'x-', ''],
    ['-1', '-1', ''],
    ['', '', ''],
  ];
  for (const [stem, artifact, version] of cases) {
    assert.deepEqual(splitFileName(stem, []), { artifact, version }, stem);
  }
  assert.deepEqual(splitFileName('a-2-x-1', ['2-x-1']), { artifact: 'a', version: '2-x-1' });
  fc.assert(
    fc.property(fc.string(), fc.array(fc.string()), (stem, hints) => {
      const { artifact, version } = splitFileName(stem, hints);
      assert.ok(stem.startsWith(version === '' ? artifact : `${artifact}-${version}`));
    }),
  );
});
