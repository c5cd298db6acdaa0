import { SEVERITIES } from '#model/advisory.ts';
import type { AnswerMembers } from '../server/answer.ts';
import { answerOf } from '../server/answer.ts';
import type { Screen } from '../server/remote-command.ts';
import { tableOf } from './rows.ts';
import { counted, visible } from './text.ts';

/** What of an image tells it from others in a list. */
const DIGEST_CHARS = 12;
const HEAD = ['IMAGE', 'PLATFORM', 'STATE', 'POLICY', 'FINDINGS', 'SCORE', 'USED', 'OWNER'];

/** Images, a line for each. */
export function renderCatalog(answer: unknown, { columns, style }: Screen): string {
  const page = answerOf(answer, 'catalog');
  const images = page.list('items');
  if (images.length === 0) {
    return 'no images\n';
  }
  const table = tableOf([HEAD, ...images.map(rowOf)], columns);
  const more = page.is('more') ? style.faint('There are more: --limit shows them.\n') : '';
  return `${table}\n${counted(images.length, 'image')}\n${more}`;
}

/** `team/app:1.2`, and of one without a tag `team/app@sha256:0123456789ab`. */
export function imageName(image: AnswerMembers): string {
  const [tag] = image.texts('tags');
  const repository = image.text('repository');
  return visible(tag === undefined ? `${repository}@${shortDigest(image.text('digest'))}` : `${repository}:${tag}`);
}

export function shortDigest(digest: string): string {
  const colon = digest.indexOf(':');
  return digest.slice(0, colon + 1 + DIGEST_CHARS);
}

/** `production refused, staging admitted`. */
export function policyText(image: AnswerMembers): string {
  const judgements = image.list('judgements').map((one) => `${one.text('environment')} ${one.text('outcome')}`);
  const due = image.is('isDue') ? ['judged soon'] : [];
  return visible([...judgements, ...due].join(', ')) || '-';
}

/** `1 critical, 12 high`. */
export function countsText(counts: AnswerMembers | null): string {
  if (counts === null) {
    return '-';
  }
  const found = SEVERITIES.flatMap((severity) => {
    const count = counts.optionalCount(severity) ?? 0;
    return count === 0 ? [] : [`${count} ${severity}`];
  });
  return found.length === 0 ? 'none' : found.join(', ');
}

/** `61.25`, of a hundred. */
function scoreText(image: AnswerMembers): string {
  const score = image.optionalCount('score');
  return score === null ? '-' : String(score);
}

function rowOf(image: AnswerMembers): readonly string[] {
  const isKnown = image.optionalCount('packages') !== null;
  return [
    imageName(image),
    visible(image.optional('platform') ?? '-'),
    visible(image.text('state')),
    policyText(image),
    isKnown ? countsText(image.one('counts')) : 'not analysed',
    scoreText(image),
    image.is('inUse') ? 'yes' : 'no',
    visible(image.optional('owner') ?? '-'),
  ];
}
