import type {
  EvidenceReport,
  RefusedEvidence,
  Verification,
  VerifiedRequirement,
  VerifiedRule,
} from '#model/evidence.ts';
import type { Style } from '../style.ts';
import type { Screen } from '../table/screen.ts';
import { visible, wrap } from '../text.ts';
import { signatureLines } from './signature.ts';

/** Refusals of one requirement that the screen names; JSON names them all. */
const SHOWN = 10;

/** Requirement by requirement: what was found, what counts, and for each refusal what was expected and what was there. */
export function ruleLines(report: EvidenceReport, screen: Screen): readonly string[] {
  return (report.verification?.rules ?? []).flatMap((rule, index) => [
    ...(index === 0 ? [] : ['']),
    screen.style.strong(titleOf(rule)),
    ...rule.requirements.flatMap((requirement) => requirementLines(requirement, report, screen)),
  ]);
}

function titleOf({ rule, platform }: VerifiedRule): string {
  return `rule ${visible(rule)}${platform === null ? '' : `, ${visible(platform)}`}`;
}

function requirementLines(requirement: VerifiedRequirement, report: EvidenceReport, screen: Screen): readonly string[] {
  const { needed, found } = requirement;
  const count = needed === 0 ? '' : `: ${found} of ${needed}`;
  const met = requirement.outcome === 'accepted';
  const mark = met ? screen.style.good('✓') : screen.style.alarm('✗');
  const [first = '', ...more] = wrap(`${visible(requirement.requirement)}${count}`, screen.width - 4);
  const counted = report.evidence.flatMap((item) =>
    item.accepted
      .filter(({ signer }) =>
        requirement.accepted.some(
          (one) => one.blob === item.blob && one.subject === item.subject && one.signer === signer,
        ),
      )
      .flatMap(signatureLines),
  );
  const refused = met ? [] : requirement.rejected;
  const hidden = refused.length - SHOWN;
  return [
    `  ${mark} ${first}`,
    ...more.map((line) => `    ${line}`),
    ...counted.flatMap((line) => wrap(line, screen.width, '      ')),
    ...refused.slice(0, SHOWN).flatMap((one) => wrap(refusalText(one), screen.width, '      ')),
    ...(hidden > 0 ? [`      and ${hidden} more; -o json has them all`] : []),
    ...(met || needed === 0 || requirement.rejected.length > 0 || requirement.accepted.length > 0
      ? []
      : [
          report.problems.length === 0
            ? '      nothing of the kind hangs there'
            : '      nothing of the kind is among what could be read',
        ]),
  ];
}

function refusalText({ signer, code, reason }: RefusedEvidence): string {
  return `not counted${signer === null ? '' : ` for ${visible(signer)}`}: ${code}: ${visible(reason)}`;
}

const WORDS: Readonly<
  Record<Verification['outcome'], { readonly word: string; readonly tone: keyof Style & ('good' | 'alarm') }>
> = {
  accepted: { word: 'ACCEPTED', tone: 'good' },
  refused: { word: 'REFUSED', tone: 'alarm' },
  unknown: { word: 'NOT KNOWN', tone: 'alarm' },
};

export function answerLines({ verification }: EvidenceReport, screen: Screen): readonly string[] {
  if (verification === null) {
    return [];
  }
  const { word, tone } = WORDS[verification.outcome];
  const until = verification.validUntil === null ? '' : `, until ${verification.validUntil}`;
  const because = verification.reasons.map(visible).join('; ') || `every rule is met${until}`;
  const text = `${word}: ${because}.`;
  return wrap(text, screen.width).map((line) => screen.style[tone](line));
}
