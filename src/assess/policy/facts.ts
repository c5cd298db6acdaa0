import { compareText } from '#base/compare.ts';
import { staleFrom } from '#lib/advisories/index.ts';
import { classifyLicenses } from '#lib/policy/index.ts';
import type { AdvisoriesFact, Facts, HistoryFact, LifecycleFact, UnknownFact } from '#model/facts.ts';
import type { LifecycleEntry } from '#model/lifecycle.ts';
import type { Report, ReportAdvisories } from '#model/report.ts';
import { hidesFindings, type Unknown } from '#model/unknown.ts';
import { baseOf } from './facts-base.ts';
import { evidenceFacts } from './facts-evidence.ts';
import { findingFacts } from './facts-findings.ts';
import { imageFacts, instant } from './facts-image.ts';
import { packageFact } from './facts-packages.ts';
import { wellFormed } from './well-formed.ts';

/** Facts of packages, by the list that they are of: many images hold the same one. */
export type KnownPackages = WeakMap<Report['packages'], Pick<Facts, 'packages' | 'licenses'>>;

/** What a policy may see of an image: all that a scan found out, and what was decided of it before. The report is a whole one: with all severities. */
export function factsOf(report: Report, history: readonly HistoryFact[], known: KnownPackages = new WeakMap()): Facts {
  const evidence = evidenceFacts(report);
  const ofPackages = known.get(report.packages) ?? packagesOf(report);
  known.set(report.packages, ofPackages);
  const rest = wellFormed({
    image: imageFacts(report),
    findings: findingFacts(report),
    base: baseOf(report),
    lifecycle: (report.lifecycle ?? []).map(lifecycleFact),
    unknowns: report.unknowns.map(unknownFact),
    evidence,
    advisories: report.advisories.map(advisoriesFact),
    history,
  });
  return { ...rest, ...ofPackages };
}

function packagesOf({ packages }: Report): Pick<Facts, 'packages' | 'licenses'> {
  return wellFormed({
    packages: packages.map(packageFact).toSorted((a, b) => compareText(a.purl, b.purl)),
    licenses: classifyLicenses(packages),
  });
}

/** Days of support end with them: the first instant after is told. */
function lifecycleFact({
  product,
  release,
  package: purl,
  endOfLife,
  extendedUntil,
  ended,
}: LifecycleEntry): LifecycleFact {
  return {
    product,
    release,
    package: purl ?? '',
    endOfLife: endOfDay(endOfLife),
    extendedUntil: endOfDay(extendedUntil),
    ended,
  };
}

const DAY_MS = 86_400_000;

function endOfDay(day: string | null): string | null {
  const begins = day === null ? null : instant(`${day}T00:00:00Z`);
  return begins === null ? null : instant(new Date(Date.parse(begins) + DAY_MS).toISOString());
}

function unknownFact({ kind, path, analyser, reason }: Unknown): UnknownFact {
  return { kind, path: path ?? '', analyser, reason, hidesFindings: hidesFindings({ kind }) };
}

/** Dates of support do not grow old with the newest of them. */
const AGELESS = 'Lifecycle';

function advisoriesFact({ ecosystem, revision, newest, checked, count }: ReportAdvisories): AdvisoriesFact {
  const dates = { newest: newest === null ? 0 : Date.parse(newest), count, checked: Date.parse(checked) };
  return {
    ecosystem,
    revision,
    newest: instant(newest),
    checked: instant(checked) ?? new Date(0).toISOString(),
    staleFrom: ecosystem === AGELESS ? null : new Date(staleFrom(dates)).toISOString(),
  };
}
