import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Package } from '#model/package.ts';
import { evidence } from '../evidence.ts';
import { buildMavenProjects, GROUP, type MavenProject, plugin, VERSION } from '../fixtures/maven-projects.ts';
import { temporaryHome } from '../fixtures/plimsoll.ts';
import { missing } from '../prerequisites.ts';

evidence(
  'catalogers/java-archive',
  'real tool',
  'archives of all kinds, built by Maven, compared with mvn dependency:list',
);

evidence('catalogers/java-unpacked', 'real tool', 'a shaded archive that Maven built, unpacked by Python zipfile');

/** Packed by Maven, all of what they need as well. */
const OF_MAVEN = [
  'com.fasterxml.jackson.core:jackson-databind:2.15.4',
  'ch.qos.logback:logback-classic:1.2.13',
  'commons-codec:commons-codec:1.15',
  'commons-io:commons-io:2.11.0',
  'org.apache.commons:commons-lang3:3.12.0',
  'org.apache.commons:commons-text:1.10.0',
  'com.google.code.gson:gson:2.10.1',
];
/** Packed by Gradle, which leaves no group behind. */
const OF_GRADLE = ['org.springframework:spring-context:5.3.39'];
const LEVELS = [1, 2, 3, 4, 5];

const REPACKAGE = plugin(
  'org.springframework.boot:spring-boot-maven-plugin:2.7.18',
  'repackage',
  '<mainClass>org.example.Main</mainClass><layers><enabled>false</enabled></layers>',
);

const LIBRARIES: readonly MavenProject[] = [
  { artifact: 'fat', dependencies: [...OF_MAVEN, ...OF_GRADLE], plugins: [REPACKAGE] },
  {
    artifact: 'shaded',
    dependencies: OF_MAVEN,
    plugins: [
      plugin(
        'org.apache.maven.plugins:maven-shade-plugin:3.5.1',
        'shade',
        '<createDependencyReducedPom>false</createDependencyReducedPom>',
      ),
    ],
  },
  ...LEVELS.map((level) => ({
    artifact: `level-${level}`,
    dependencies: level === 1 ? [] : [`${GROUP}:level-${level - 1}:${VERSION}`],
    ...(level === 1 ? {} : { packs: `level-${level - 1}` }),
  })),
];

const BILL = plugin(
  'org.cyclonedx:cyclonedx-maven-plugin:2.7.11',
  'makeBom',
  `<outputDirectory>\${project.build.outputDirectory}/META-INF/sbom</outputDirectory>
   <outputName>application.cdx</outputName><outputFormat>json</outputFormat>`,
);
const EAR = 'org.apache.maven.plugins:maven-ear-plugin:3.3.0';

const APPLICATIONS: readonly MavenProject[] = [
  { artifact: 'stated', dependencies: [...OF_MAVEN, ...OF_GRADLE], prepares: [BILL], plugins: [REPACKAGE] },
  {
    artifact: 'web',
    dependencies: OF_MAVEN,
    packaging: {
      type: 'war',
      plugins: [
        plugin(
          'org.apache.maven.plugins:maven-war-plugin:3.3.2',
          'war',
          '<failOnMissingWebXml>false</failOnMissingWebXml>',
        ),
      ],
    },
  },
  {
    artifact: 'enterprise',
    dependencies: [`${GROUP}:web:${VERSION}:war`, 'commons-io:commons-io:2.11.0'],
    packaging: { type: 'ear', plugins: [plugin(EAR, 'generate-application-xml'), plugin(EAR, 'ear')] },
  },
];

interface Built {
  /** What Maven says that a project depends on. */
  readonly listed: (artifact: string) => readonly string[];
  /** What is found in its archive under a name that says nothing, or in what was in it. */
  readonly packagesOf: (artifact: string, type?: string, how?: 'packed' | 'unpacked') => Promise<readonly Package[]>;
}

/** Builds the projects before the tests of a suite, and removes them behind. */
function built(projects: readonly MavenProject[]): Built {
  const home = temporaryHome();
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-maven-'));
  let lists: ReadonlyMap<string, readonly string[]> = new Map();
  before(() => {
    lists = buildMavenProjects(folder, projects);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
    home.remove();
  });
  return {
    listed: (artifact) => lists.get(artifact) ?? [],
    packagesOf: async (artifact, type = 'jar', how = 'packed') => {
      const root = join(folder, `root-${artifact}-${how}`);
      const archive = join(folder, artifact, `target/${artifact}-${VERSION}.${type}`);
      mkdirSync(join(root, 'app'), { recursive: true });
      if (how === 'unpacked') {
        execFileSync('python3', ['-m', 'zipfile', '-e', archive, join(root, 'app')]);
      } else {
        copyFileSync(archive, join(root, `app/app.${type}`));
      }
      const report = await home.report(`rootfs:${root}`);
      assert.deepEqual(
        report.unknowns.filter((unknown) => unknown.analyser?.startsWith('java-')),
        [],
      );
      return report.packages.filter((item) => item.type === 'maven');
    },
  };
}

function coordinates(packages: readonly Package[]): readonly string[] {
  return packages.map(({ name, version }) => `${name}:${version}`).toSorted();
}

describe('archives that Maven built', { skip: missing('maven') }, () => {
  const { listed, packagesOf } = built(LIBRARIES);

  test('a fat archive holds what mvn dependency:list says, and itself', async () => {
    const packages = await packagesOf('fat');
    const dependencies = listed('fat');
    assert.ok(dependencies.length >= 15, dependencies.join());
    const ofGradle = dependencies.filter((each) => each.startsWith('org.springframework:'));
    const ofMaven = dependencies.filter((each) => !ofGradle.includes(each));
    const inferred = packages.filter((item) => item.confidence === 'inferred');
    assert.deepEqual(
      coordinates(packages.filter((item) => !inferred.includes(item))),
      [...ofMaven, `${GROUP}:fat:${VERSION}`].toSorted(),
    );
    // Without the group, which is not in the archives.
    assert.deepEqual(coordinates(inferred), ofGradle.map((each) => each.slice(each.indexOf(':') + 1)).toSorted());
    for (const { name, version, locations } of packages) {
      const artifact = name.slice(name.indexOf(':') + 1);
      const within = artifact === 'fat' ? undefined : `BOOT-INF/lib/${artifact}-${version}.jar`;
      assert.deepEqual(
        locations.map((location) => [location.path, location.within]),
        [['/app/app.jar', within]],
      );
    }
  });

  test('a shaded archive holds what mvn dependency:list says, and itself', async () => {
    const packages = await packagesOf('shaded');
    const dependencies = listed('shaded');
    assert.ok(dependencies.length >= 10, dependencies.join());
    assert.deepEqual(coordinates(packages), [...dependencies, `${GROUP}:shaded:${VERSION}`].toSorted());
    const databind = packages.find((item) => item.name.endsWith(':jackson-databind'));
    assert.deepEqual(databind?.locations[0]?.within, 'META-INF/maven/com.fasterxml.jackson.core/jackson-databind');
    const needed = ['annotations', 'core'].map((part) => `pkg:maven/com.fasterxml.jackson.core/jackson-${part}@2.15.4`);
    assert.deepEqual(databind?.dependsOn, needed);
    assert.deepEqual(databind?.licenses, ['The Apache Software License, Version 2.0']);
  });

  test('a shaded archive that was unpacked holds the same', { skip: missing('python') }, async () => {
    const packages = await packagesOf('shaded', 'jar', 'unpacked');
    assert.deepEqual(coordinates(packages), [...listed('shaded'), `${GROUP}:shaded:${VERSION}`].toSorted());
    assert.ok(packages.every((item) => item.confidence === undefined));
  });

  test('an archive five levels deep holds all of them, each in the one before', async () => {
    const packages = await packagesOf('level-5');
    assert.deepEqual(coordinates(packages), [...listed('level-5'), `${GROUP}:level-5:${VERSION}`].toSorted());
    assert.equal(packages.length, LEVELS.length);
    const innermost = packages.find((item) => item.name === `${GROUP}:level-1`);
    const within = ['level-4-1.0.jar', 'level-3-1.0.jar', 'level-2-1.0.jar', 'level-1-1.0.jar'].join('!/');
    assert.deepEqual(innermost?.locations[0]?.within, within);
  });
});

describe('applications that Maven built', { skip: missing('maven') }, () => {
  const { listed, packagesOf } = built(APPLICATIONS);

  test('a fat archive with a bill of materials holds what mvn dependency:list says, each by its group', async () => {
    const packages = await packagesOf('stated');
    const dependencies = listed('stated');
    assert.ok(dependencies.length >= 15, dependencies.join());
    assert.deepEqual(coordinates(packages), [...dependencies, `${GROUP}:stated:${VERSION}`].toSorted());
    assert.ok(packages.every((item) => item.confidence === undefined));
  });

  test('a web application holds what mvn dependency:list says, and an enterprise one holds it with its own', async () => {
    const web = [...listed('web'), `${GROUP}:web:${VERSION}`];
    assert.ok(web.length > 10, web.join());
    assert.deepEqual(coordinates(await packagesOf('web', 'war')), web.toSorted());
    const all = new Set([...web, ...listed('enterprise'), `${GROUP}:enterprise:${VERSION}`]);
    const packages = await packagesOf('enterprise', 'ear');
    assert.deepEqual(coordinates(packages), [...all].toSorted());
    const inBoth = packages.find((item) => item.name === 'commons-io:commons-io');
    assert.equal(inBoth?.locations.length, 2);
  });
});
