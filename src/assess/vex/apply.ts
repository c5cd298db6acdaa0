import type { Digest } from '#base/digest.ts';
import { applyVex, type GivenVex } from '#lib/vex/index.ts';
import type { Report, ReportVex } from '#model/report.ts';
import { type AttestedVex, attestedVex, type PassedOverVex } from './attested.ts';

/** What may except findings of one image. */
export interface VexSources {
  /** Documents that the user gives. */
  readonly given: readonly GivenVex[];
  readonly attested: readonly AttestedVex[];
  /** `registry/path`; null for files of this machine. */
  readonly repository: string | null;
  /** Of the index that the image was chosen from; null where there was none. */
  readonly index: Digest | null;
  /** See `VexTarget`. */
  readonly links?: ReadonlyMap<string, string>;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Reasons that are listed; the rest is counted. */
const MOST_REASONS = 20;

/** The report with what the documents except, and what each of them did. As it is where there is none. */
export async function withVex(report: Report, sources: VexSources): Promise<Report> {
  const { given, attested, repository, index, links = new Map(), now } = sources;
  const judged = (await Promise.all(attested.map(attestedVex))).filter((one) => one !== null);
  const documents = [...given, ...judged.filter(isGiven)];
  const passedOver = judged.filter(isPassedOver);
  if (documents.length === 0 && passedOver.length === 0) {
    return report;
  }
  const { digest, id, platform } = report.image;
  const digests = [digest, index, id].filter((one) => one !== null);
  const target = {
    image: { repository, digests, platform },
    packages: report.packages,
    findings: report.findings,
    links,
  };
  const { exceptions, idle } = await applyVex(documents, target, now);
  return {
    ...report,
    exceptions,
    vex: [
      ...documents.map((one): ReportVex => {
        const reasons = one.document.statements.flatMap((statement) => idle.get(statement) ?? []);
        return {
          from: one.from,
          format: one.document.format,
          id: one.document.id,
          author: one.document.author,
          passedOver: null,
          statements: one.document.statements.length,
          excepted: exceptions.filter(({ from }) => from === one.from).length,
          idle: reasons.length,
          reasons: reasons.slice(0, MOST_REASONS),
        };
      }),
      ...passedOver.map(passed),
    ],
  };
}

function isGiven(one: GivenVex | PassedOverVex): one is GivenVex {
  return 'document' in one;
}

function isPassedOver(one: GivenVex | PassedOverVex): one is PassedOverVex {
  return !isGiven(one);
}

function passed({ from, reason }: PassedOverVex): ReportVex {
  return {
    from,
    format: null,
    id: null,
    author: null,
    passedOver: reason,
    statements: 0,
    excepted: 0,
    idle: 0,
    reasons: [],
  };
}
