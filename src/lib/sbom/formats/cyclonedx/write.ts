import { isVulnerability } from '#model/finding.ts';
import type { Report } from '#model/report.ts';
import type { Unknown } from '#model/unknown.ts';
import { contentUuid } from '../../content-uuid.ts';
import { dependenciesOf } from '../../dependencies.ts';
import { unknownsOf } from '../../facts.ts';
import { printDocument } from '../../print-document.ts';
import { createUnique } from '../../unique.ts';
import { unknownText } from '../../unknown-text.ts';
import type { SbomOptions } from '../format.ts';
import { imageComponent, osComponent, packageComponent, programComponent } from './components.ts';
import type { BomVersion } from './version.ts';
import { toVulnerability } from './vulnerabilities.ts';

/** CycloneDX JSON (ECMA-424): the image, its operating system and packages, and what a scan found in them. */
export function writeBom(report: Report, version: BomVersion, { now }: SbomOptions): string {
  const refs = createUnique('|');
  const image = imageComponent(report, refs);
  const packages = report.packages.map((entry) => ({
    entry,
    component: packageComponent(entry, version, refs),
  }));
  const components = [
    ...(report.os === null ? [] : [osComponent(report.os, refs)]),
    ...packages.map(({ component }) => component),
  ];
  const refsByPurl = Map.groupBy(packages, ({ entry }) => entry.purl);
  const vulnerabilities = report.findings.filter(isVulnerability).map((finding) =>
    toVulnerability(
      finding,
      (refsByPurl.get(finding.package.purl) ?? []).map(({ component }) => component['bom-ref']),
      refs,
    ),
  );
  const needs = dependenciesOf(packages.map(({ entry, component }) => ({ entry, id: component['bom-ref'] })));
  const content = {
    metadata: {
      lifecycles: [{ phase: 'post-build' }],
      tools: { components: [{ type: 'application', name: report.tool.name, version: report.tool.version }] },
      component: image,
    },
    components: [...components, ...(report.programs ?? []).map((program) => programComponent(program, refs))],
    dependencies: [
      { ref: image['bom-ref'], dependsOn: components.map((component) => component['bom-ref']) },
      ...needs.map(({ from, to }) => ({ ref: from, dependsOn: to })),
    ],
    ...completeness(unknownsOf(report), image['bom-ref']),
    ...(report.kind === 'scan' ? { vulnerabilities } : {}),
  };
  return printDocument({
    $schema: `http://cyclonedx.org/schema/bom-${version}.schema.json`,
    bomFormat: 'CycloneDX',
    specVersion: version,
    serialNumber: `urn:uuid:${contentUuid(content)}`,
    version: 1,
    ...content,
    metadata: { timestamp: new Date(now).toISOString(), ...content.metadata },
  });
}

/**
 * With an unknown the document says of itself that it is incomplete, and why. Without one it makes no claim: there may
 * be kinds of packages that nobody looked for.
 */
function completeness(unknowns: readonly Unknown[], imageRef: string): Readonly<Record<string, unknown>> {
  if (unknowns.length === 0) {
    return {};
  }
  return {
    compositions: [{ aggregate: 'incomplete', assemblies: [imageRef] }],
    properties: unknowns.map((unknown) => ({ name: 'plimsoll:unknown', value: unknownText(unknown) })),
  };
}
