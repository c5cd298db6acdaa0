import { isHttpUri } from '#base/uri.ts';
import type { Rating } from '#model/advisory.ts';
import type { Vulnerability } from '#model/finding.ts';
import type { Refs } from './components.ts';
import { isVersion } from './components.ts';

interface Source {
  readonly name: string;
  readonly url: string;
}

/** One entry per finding: what repairs a vulnerability differs from package to package. */
export function toVulnerability(
  finding: Vulnerability,
  affected: readonly string[],
  refs: Refs,
): Readonly<Record<string, unknown>> {
  const {
    package: { name, purl, version },
    fixedIn,
  } = finding;
  const links = new Set(finding.references.map((reference) => reference.url).filter(isHttpUri));
  return {
    'bom-ref': refs(`${finding.id}|${purl}`),
    id: finding.id,
    source: sourceOf(finding.id),
    references: finding.aliases.map((id) => ({ id, source: sourceOf(id) })),
    ratings: finding.ratings.map(toRating),
    description: finding.title,
    ...(fixedIn === undefined ? {} : { recommendation: `Upgrade ${name} to ${fixedIn}` }),
    advisories: [...links].map((url) => ({ url })),
    affects: affected.map((ref) => ({
      ref,
      ...(version === '' || !isVersion(version) ? {} : { versions: [{ version, status: 'affected' }] }),
    })),
    properties: [
      { name: 'plimsoll:state', value: finding.state },
      { name: 'plimsoll:severity', value: finding.severity },
    ],
  };
}

function toRating(rating: Rating): Readonly<Record<string, unknown>> {
  return {
    source: sourceOf(rating.source),
    ...(rating.score === undefined ? {} : { score: rating.score }),
    severity: rating.severity,
    method: methodOf(rating),
    ...(rating.vector === undefined ? {} : { vector: rating.vector }),
  };
}

/** CycloneDX tells 3.1 from 3.0, OSV does not: the vector says which it is. */
function methodOf({ scale, vector = '' }: Rating): string {
  switch (scale) {
    case 'CVSS_V2':
      return 'CVSSv2';
    case 'CVSS_V3':
      return vector.startsWith('CVSS:3.1/') ? 'CVSSv31' : 'CVSSv3';
    case 'CVSS_V4':
      return 'CVSSv4';
    default:
      return 'other';
  }
}

function sourceOf(id: string): Source {
  const path = encodeURIComponent(id.toWellFormed());
  if (id.startsWith('CVE-')) {
    return { name: 'NVD', url: `https://nvd.nist.gov/vuln/detail/${path}` };
  }
  if (id.startsWith('GHSA-')) {
    return { name: 'GitHub Advisories', url: `https://github.com/advisories/${path}` };
  }
  return { name: 'OSV', url: `https://osv.dev/vulnerability/${path}` };
}
