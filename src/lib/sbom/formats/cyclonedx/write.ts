import { digestOf, hexOf } from '#base/digest.ts';
import { printJson } from '#base/json/print.ts';
import type { Report } from '#model/report.ts';
import type { Unknown } from '#model/unknown.ts';
import type { SbomOptions } from '../format.ts';
import { createRefs, imageComponent, osComponent, packageComponent } from './components.ts';
import { toVulnerability } from './vulnerabilities.ts';

/** CycloneDX 1.6 JSON (ECMA-424): the image, its operating system and packages, and what a scan found in them. */
export function writeBom(report: Report, { now }: SbomOptions): string {
  const refs = createRefs();
  const image = imageComponent(report, refs);
  const packages = report.packages.map((entry) => ({ purl: entry.purl, component: packageComponent(entry, refs) }));
  const components = [
    ...(report.os === null ? [] : [osComponent(report.os, refs)]),
    ...packages.map(({ component }) => component),
  ];
  const refsByPurl = Map.groupBy(packages, ({ purl }) => purl);
  const vulnerabilities = report.findings.map((finding) =>
    toVulnerability(
      finding,
      (refsByPurl.get(finding.package.purl) ?? []).map(({ component }) => component['bom-ref']),
      refs,
    ),
  );
  const content = {
    metadata: {
      lifecycles: [{ phase: 'post-build' }],
      tools: { components: [{ type: 'application', name: report.tool.name, version: report.tool.version }] },
      component: image,
    },
    components,
    dependencies: [{ ref: image['bom-ref'], dependsOn: components.map((component) => component['bom-ref']) }],
    ...completeness(report.unknowns, image['bom-ref']),
    ...(report.kind === 'scan' ? { vulnerabilities } : {}),
  };
  return printJson({
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: serialNumber(content),
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

function unknownText({ kind, path, layer, analyser, reason }: Unknown): string {
  const where = [path, layer].filter((part) => part !== null).join(' in ');
  return `${kind}: ${where === '' ? '' : `${where}: `}${reason} (${analyser})`;
}

/** A UUID of version 8 (RFC 9562, 5.8) over the content without its time: the same content keeps its number. */
function serialNumber(content: unknown): string {
  const hex = hexOf(digestOf(JSON.stringify(content)));
  const variant = ((Number.parseInt(hex.charAt(16), 16) % 4) + 8).toString(16);
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return `urn:uuid:${parts.join('-')}`;
}
