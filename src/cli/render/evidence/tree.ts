import type { Evidence, EvidenceReport, EvidenceTarget } from '#model/evidence.ts';
import type { Screen } from '../table/screen.ts';
import { visible, wrap } from '../text.ts';
import { signatureLines } from './signature.ts';

/** What hangs on each manifest of the image, in the order it was found. */
export function treeLines({ image, evidence, problems }: EvidenceReport, screen: Screen): readonly string[] {
  return image.subjects.flatMap((subject, index) => {
    const hanging = evidence.filter((item) => item.subject === subject.digest);
    const unread = problems.some((problem) => problem.subject === subject.digest);
    return [
      ...(index === 0 ? [] : ['']),
      screen.style.strong(titleOf(subject)),
      ...(hanging.length === 0
        ? [`└─ ${screen.style.faint(unread ? 'nothing that could be read' : 'nothing hangs on it')}`]
        : hanging.flatMap((item, at) => itemLines(item, at === hanging.length - 1, screen))),
    ];
  });
}

function titleOf({ kind, digest, platform }: EvidenceTarget): string {
  return `${platform === null ? kind : visible(platform)} ${digest}`;
}

function itemLines(item: Evidence, last: boolean, screen: Screen): readonly string[] {
  const stem = last ? '   ' : '│  ';
  const margin = `${stem}  `;
  const indented = (text: string): readonly string[] =>
    wrap(text, screen.width - margin.length).map((line) => margin + line);
  const what = item.predicateType === null ? item.kind : `${item.kind} ${visible(item.predicateType)}`;
  const mark = item.trusted ? screen.style.good('✓') : screen.style.alarm(item.signed ? '✗' : '-');
  const state = item.trusted ? 'trusted' : item.signed ? 'not trusted' : 'unsigned: anybody may have put it there';
  if (item.supersededBy !== null) {
    return supersededLines(item, item.supersededBy, { what, last, indented }).map((line) => screen.style.faint(line));
  }
  return [
    `${last ? '└─' : '├─'} ${mark} ${screen.style.strong(what)}`,
    ...indented(`${state}; ${item.format}, found by ${item.route}`),
    ...item.says.flatMap(({ label, value }) => indented(`${visible(label)}: ${visible(value)}`)),
    ...item.accepted.flatMap((accepted) => signatureLines(accepted).flatMap(indented)),
    ...unproven(item).flatMap(indented),
    `${margin}${screen.style.faint(item.attachment)}`,
  ];
}

interface Placed {
  readonly what: string;
  readonly last: boolean;
  readonly indented: (text: string) => readonly string[];
}

/** What the same signer has said anew is shown in few words, and which is the newest. */
function supersededLines(
  { attachment, says }: Evidence,
  { attachment: newer, time, timeFrom }: NonNullable<Evidence['supersededBy']>,
  { what, last, indented }: Placed,
): readonly string[] {
  const when = timeFrom === 'verified-time' ? `at ${time}, which is vouched for` : `of ${time}, as it says itself`;
  return [
    `${last ? '└─' : '├─'} ✓ ${what}`,
    ...indented(`superseded by one ${when}: ${newer}`),
    ...indented(says.map(({ label, value }) => `${visible(label)}: ${visible(value)}`).join(', ')),
    ...indented(attachment),
  ];
}

/** What a signature says of itself, and why it does not count. Where somebody was accepted, it is only noise. */
function unproven({ trusted, signed, claims, rejected }: Evidence): readonly string[] {
  if (trusted || !signed) {
    return [];
  }
  return [
    ...claims.map((claim) => `claims to be by ${visible(claim)}`),
    ...rejected.map(
      ({ signer, code, reason }) => `${signer === null ? '' : `${visible(signer)}: `}${code}: ${visible(reason)}`,
    ),
  ];
}
