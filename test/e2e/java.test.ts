import assert from 'node:assert/strict';
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
  'a fat archive of Spring Boot, a shaded one and one five levels deep, built by Maven, compared with mvn dependency:list',
);

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

const PROJECTS: readonly MavenProject[] = [
  {
    artifact: 'fat',
    dependencies: [...OF_MAVEN, ...OF_GRADLE],
    plugins: [
      plugin(
        'org.springframework.boot:spring-boot-maven-plugin:2.7.18',
        'repackage',
        '<mainClass>org.example.Main</mainClass><layers><enabled>false</enabled></layers>',
      ),
    ],
  },
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

describe('archives that Maven built', { skip: missing('maven') }, () => {
  const home = temporaryHome();
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-maven-'));
  let listed: ReadonlyMap<string, readonly string[]> = new Map();
  before(() => {
    listed = buildMavenProjects(folder, PROJECTS);
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
    home.remove();
  });

  /** What is found in an archive under a name that says nothing. */
  async function packagesOf(artifact: string): Promise<readonly Package[]> {
    const root = join(folder, `root-${artifact}`);
    mkdirSync(join(root, 'app'), { recursive: true });
    copyFileSync(join(folder, artifact, `target/${artifact}-${VERSION}.jar`), join(root, 'app/app.jar'));
    const report = await home.report(`rootfs:${root}`);
    assert.deepEqual(
      report.unknowns.filter((unknown) => unknown.analyser === 'java-archive'),
      [],
    );
    return report.packages.filter((item) => item.type === 'maven');
  }

  function coordinates(packages: readonly Package[]): readonly string[] {
    return packages.map(({ name, version }) => `${name}:${version}`).toSorted();
  }

  test('a fat archive holds what mvn dependency:list says, and itself', async () => {
    const packages = await packagesOf('fat');
    const dependencies = listed.get('fat') ?? [];
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
    const dependencies = listed.get('shaded') ?? [];
    assert.ok(dependencies.length >= 10, dependencies.join());
    assert.deepEqual(coordinates(packages), [...dependencies, `${GROUP}:shaded:${VERSION}`].toSorted());
    const databind = packages.find((item) => item.name.endsWith(':jackson-databind'));
    assert.deepEqual(databind?.locations[0]?.within, 'META-INF/maven/com.fasterxml.jackson.core/jackson-databind');
    const needed = ['annotations', 'core'].map((part) => `pkg:maven/com.fasterxml.jackson.core/jackson-${part}@2.15.4`);
    assert.deepEqual(databind?.dependsOn, needed);
    assert.deepEqual(databind?.licenses, ['The Apache Software License, Version 2.0']);
  });

  test('an archive five levels deep holds all of them, each in the one before', async () => {
    const packages = await packagesOf('level-5');
    assert.deepEqual(
      coordinates(packages),
      [...(listed.get('level-5') ?? []), `${GROUP}:level-5:${VERSION}`].toSorted(),
    );
    assert.equal(packages.length, LEVELS.length);
    const innermost = packages.find((item) => item.name === `${GROUP}:level-1`);
    const within = ['level-4-1.0.jar', 'level-3-1.0.jar', 'level-2-1.0.jar', 'level-1-1.0.jar'].join('!/');
    assert.deepEqual(innermost?.locations[0]?.within, within);
  });
});
