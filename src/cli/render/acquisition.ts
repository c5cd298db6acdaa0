import type { AnswerMembers } from '../server/answer.ts';
import { answerOf } from '../server/answer.ts';
import type { Screen } from '../server/remote-command.ts';
import { fieldsOf } from './rows.ts';
import { visible } from './text.ts';

/** What became of an image that was asked for, or how far it is. */
export function renderAcquisition(answer: unknown, { style }: Screen): string {
  const found = answerOf(answer, 'acquisition');
  const state = found.text('state');
  const shown = state === 'promoted' ? style.good(state) : isBad(state) ? style.alarm(visible(state)) : visible(state);
  const image = imageOf(found);
  return `${style.strong(visible(image))}: ${shown}\n${fieldsOf([
    ['from', visible(`${found.text('upstream')}`)],
    ['source', visible(found.text('source'))],
    ['digest', visible(found.optional('digest') ?? '')],
    ['reason', visible(found.text('reason'))],
    ['id', visible(found.text('id'))],
  ])}`;
}

/** One line, how far it is. */
export function acquisitionProgress(answer: unknown): string {
  const found = answerOf(answer, 'acquisition');
  const progress = found.one('progress');
  const state = found.text('state');
  switch (state) {
    case 'waiting':
      return `${visible(imageOf(found))}: waiting for a worker`;
    case 'copying': {
      const [done, all] = [progress.count('bytesDone'), progress.count('bytes')];
      const bytes = all === 0 ? '' : `, ${megabytes(done)} of ${megabytes(all)}`;
      return `${visible(imageOf(found))}: copying, ${progress.count('manifestsDone')} of ${progress.count('manifests')} manifests${bytes}`;
    }
    case 'judging':
      return `${visible(imageOf(found))}: all of it is here, in quarantine, and is looked at`;
    default:
      return `${visible(imageOf(found))}: ${visible(state)}`;
  }
}

function imageOf(found: AnswerMembers): string {
  const reference = found.text('reference');
  return `${found.text('repository')}${reference.includes(':') ? '@' : ':'}${reference}`;
}

function isBad(state: string): boolean {
  return state === 'held' || state === 'refused' || state === 'failed';
}

/** In units of a million bytes, as registries count. */
function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
