import type { Advisory, AdvisoryReference, Rating } from '#model/advisory.ts';
import type { AdvisoryRecord } from '#model/ports.ts';
import type { CvssKind } from '../../cvss/index.ts';
import { scoreCvss, severityOfScore } from '../../cvss/index.ts';
import { toAffected } from './affected.ts';
import type { NvdCve, NvdMetric } from './schema.ts';

/** One CVE as the model has it. What NVD has rejected is withdrawn: its number was given by mistake. */
export function toAdvisoryRecord(cve: NvdCve): AdvisoryRecord {
  const advisory: Advisory = {
    id: cve.id,
    aliases: [],
    upstream: [],
    summary: '',
    details: cve.descriptions.find(({ lang }) => lang === 'en')?.value ?? '',
    modified: `${cve.lastModified}Z`,
    published: `${cve.published}Z`,
    ...(cve.vulnStatus === 'Rejected' ? { withdrawn: `${cve.lastModified}Z` } : {}),
    ratings: ratingsOf(cve),
    references: (cve.references ?? []).slice(0, REFERENCES).map(toReference),
  };
  return { advisory, affected: toAffected(advisory, cve.configurations ?? []) };
}

const REFERENCES = 10;
const SOURCE_CHARS = 100;

/** NVD's own first, then those of who reported it; the newest version of CVSS first. */
function ratingsOf({ metrics = {} }: NvdCve): readonly Rating[] {
  const byVersion: readonly (readonly [CvssKind, readonly NvdMetric[] | undefined])[] = [
    ['CVSS_V4', metrics.cvssMetricV40],
    ['CVSS_V3', metrics.cvssMetricV31],
    ['CVSS_V3', metrics.cvssMetricV30],
    ['CVSS_V2', metrics.cvssMetricV2],
  ];
  return (['Primary', 'Secondary'] as const).flatMap((type) =>
    byVersion.flatMap(([scale, found = []]) =>
      found.filter((metric) => metric.type === type).map((metric) => toRating(scale, metric)),
    ),
  );
}

/** The score is worked out from the vector, as of every other source. */
function toRating(scale: CvssKind, { source, cvssData }: NvdMetric): Rating {
  const vector = cvssData.vectorString.slice(0, 512);
  const score = scoreCvss(scale, vector);
  const from = source === 'nvd@nist.gov' ? 'NVD' : `${source.slice(0, SOURCE_CHARS)} (NVD)`;
  return score === null
    ? { severity: 'unknown', scale, vector, source: from }
    : { severity: severityOfScore(scale, score), score, scale, vector, source: from };
}

function toReference({
  url,
  tags = [],
}: {
  readonly url: string;
  readonly tags?: readonly string[] | undefined;
}): AdvisoryReference {
  const type = tags.includes('Patch') ? 'FIX' : tags.includes('Vendor Advisory') ? 'ADVISORY' : 'WEB';
  return { type, url: url.slice(0, 2048) };
}
