import { SEVERITIES } from '#model/advisory.ts';
import { isVulnerability } from '#model/finding.ts';
import type { ImageSummary, PackageFinding } from '#model/platform/judgement.ts';
import type { Report } from '#model/report.ts';
import type { Verdict } from '#model/verdict.ts';

const BASE_NAME = 'org.opencontainers.image.base.name';

/** What an image is searched and sorted by. The score is that of the deciding environment, else the lowest. */
export function summaryOf(report: Report, verdicts: readonly Verdict[], deciding: string | null): ImageSummary {
  const { config, platform } = report.image;
  const created = Date.parse(config?.created ?? '');
  const counted = SEVERITIES.map((severity) => [
    severity,
    report.findings.filter((finding) => isVulnerability(finding) && finding.severity === severity).length,
  ]);
  const decided = verdicts.find(({ context }) => context.environment === deciding);
  const scores = (decided === undefined ? verdicts : [decided]).map(({ score }) => score.value);
  return {
    platform,
    createdAt: Number.isSafeInteger(created) && created >= 0 ? created : null,
    base: config?.labels[BASE_NAME]?.slice(0, MOST_CHARS) ?? null,
    counts: Object.fromEntries(counted) as ImageSummary['counts'],
    score: scores.length === 0 ? null : Math.min(...scores),
  };
}

const MOST_CHARS = 500;

/** What advisories say of the packages of an image, each finding of a package version once. */
export function packageFindings(report: Report): readonly PackageFinding[] {
  const found = new Map<string, PackageFinding>();
  for (const finding of report.findings.filter(isVulnerability)) {
    const { purl } = finding.package;
    const { id, aliases, severity } = finding;
    found.set(`${purl} ${id}`, { purl, id, aliases, severity, fixedIn: finding.fixedIn ?? null });
  }
  return [...found.values()];
}
