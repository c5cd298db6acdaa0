import { type AnswerMembers, answerOf } from '../server/answer.ts';
import type { Screen } from '../server/remote-command.ts';
import { fieldsOf, tableOf } from './rows.ts';
import { visible } from './text.ts';

const HEAD = ['NAME', 'STATE', 'ENDS', 'BY', 'FOR', 'REASON'];
const MINUTES = 16;

/** Exceptions of a server, a line for each; or one with all that it says. */
export function renderExceptions(answer: unknown, screen: Screen): string {
  const found = answerOf(answer, 'exceptions');
  return found.has('items') ? listOf(found, screen) : oneOf(found, screen);
}

function listOf(found: AnswerMembers, { columns }: Screen): string {
  const rows = found
    .list('items')
    .map((one) => [
      visible(one.text('name')),
      visible(one.text('state')),
      minutes(one.text('expires')),
      visible(one.text('requestedBy')),
      visible(targetOf(one)),
      visible(one.text('reason')),
    ]);
  return rows.length === 0 ? 'no exceptions\n' : tableOf([HEAD, ...rows], columns);
}

function oneOf(one: AnswerMembers, { style }: Screen): string {
  const list = (name: string): string => visible(one.texts(name).join(', '));
  const decided = one.optional('decidedBy');
  return `${style.strong(visible(one.text('name')))}: ${visible(one.text('state'))}\n${fieldsOf([
    ['repositories', list('repositories')],
    ['digests', list('digests')],
    ['packages', list('packages')],
    ['rules', list('rules')],
    ['findings', list('findings')],
    ['environments', list('environments') || 'all'],
    ['reason', visible(one.text('reason'))],
    ['justification', visible(one.optional('justification') ?? '')],
    ['owner', visible(one.text('owner'))],
    ['ticket', visible(one.text('ticket'))],
    ['ends', minutes(one.text('expires'))],
    ['asked for', visible(`${one.text('requestedBy')}, ${minutes(one.text('requestedAt'))}`)],
    ['decided', decided === null ? null : visible(`${decided}, ${minutes(one.optional('decidedAt') ?? '')}`)],
    ['because', visible(one.text('decision'))],
  ])}`;
}

function targetOf(one: AnswerMembers): string {
  return [...one.texts('findings'), ...one.texts('rules')].join(', ');
}

function minutes(time: string): string {
  return time === '' ? '' : visible(`${time.slice(0, MINUTES).replace('T', ' ')} UTC`);
}
