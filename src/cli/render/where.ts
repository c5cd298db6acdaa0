import type { AnswerMembers } from '../server/answer.ts';
import { answerOf } from '../server/answer.ts';
import type { Screen } from '../server/remote-command.ts';
import { imageName, policyText } from './catalog.ts';
import { tableOf } from './rows.ts';
import { counted, visible } from './text.ts';

const HEAD = ['IMAGE', 'PLATFORM', 'STATE', 'POLICY', 'RUNS AT', 'WHAT'];
const MAX_SHOWN = 3;

/** Where a package or a finding is, an image on each line. */
export function renderWhere(answer: unknown, { columns, style }: Screen): string {
  const page = answerOf(answer, 'where');
  const images = page.list('items');
  if (images.length === 0) {
    return 'nowhere\n';
  }
  const used = images.filter((image) => image.is('inUse')).length;
  const more = page.is('more') ? style.faint('There are more.\n') : '';
  return `${tableOf([HEAD, ...images.map(rowOf)], columns)}\n${counted(images.length, 'image')}, ${used} in use\n${more}`;
}

function rowOf(image: AnswerMembers): readonly string[] {
  const places = image.list('uses').map((use) => use.text('place'));
  return [
    imageName(image),
    visible(image.optional('platform') ?? '-'),
    visible(image.text('state')),
    policyText(image),
    visible(some(places)) || '-',
    visible(some(image.texts('matches'))),
  ];
}

function some(texts: readonly string[]): string {
  const more = texts.length > MAX_SHOWN ? [`${texts.length - MAX_SHOWN} more`] : [];
  return [...texts.slice(0, MAX_SHOWN), ...more].join(', ');
}
