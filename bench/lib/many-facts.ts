import { type Facts, type FindingFact, LICENSE_CLASSES, type PackageFact } from '#model/facts.ts';
import { sampleFacts, sampleFinding, samplePackage } from '#test/fixtures/facts.ts';

const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;

/** Facts of an image with so many packages and findings, all of them different, and of `seed` so that images differ too. */
export function manyFacts(packages: number, findings: number, seed = 0): Facts {
  const all = Array.from({ length: packages }, (_, index) => packageOf(index, seed));
  return {
    ...sampleFacts,
    image: { ...sampleFacts.image, reference: `registry.example/team/app:${seed}` },
    packages: all,
    findings: Array.from({ length: findings }, (_, index) =>
      findingOf(all[index % all.length] ?? samplePackage, index),
    ),
    licenses: LICENSE_CLASSES.map((each, index) => ({ id: `LicenseRef-${index}`, class: each, packages: index })),
  };
}

function packageOf(index: number, seed: number): PackageFact {
  const name = `package-${seed}-${index}`;
  const version = `${index % 9}.${index % 40}.${index % 7}`;
  return {
    ...samplePackage,
    name,
    version,
    purl: `pkg:npm/${name}@${version}`,
    licenses: index % 3 === 0 ? ['MIT', 'Apache-2.0'] : ['BSD-3-Clause'],
    paths: [`/app/node_modules/${name}/package.json`],
    released: dayOf(index),
  };
}

function findingOf(of: PackageFact, index: number): FindingFact {
  const { purl, name, version } = of;
  return {
    ...sampleFinding,
    id: `CVE-2026-${10_000 + index}`,
    aliases: [`GHSA-${index}`],
    severity: SEVERITIES[index % SEVERITIES.length] ?? 'low',
    package: { purl, name, version },
    fixedIn: index % 2 === 0 ? '99.0.0' : '',
    published: dayOf(index),
    paths: of.paths,
  };
}

/** In the two years before the time of `sampleContext`. */
function dayOf(index: number): string {
  return new Date(Date.parse('2026-02-20T00:00:00Z') - (index % 700) * 86_400_000).toISOString();
}
