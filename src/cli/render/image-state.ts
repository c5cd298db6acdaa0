import { answerOf } from '../server/answer.ts';
import type { Screen } from '../server/remote-command.ts';
import { fieldsOf } from './rows.ts';
import { visible } from './text.ts';

/** What was decided about an image: its state, or the approval for an environment. */
export function renderState(answer: unknown, { style }: Screen): string {
  const found = answerOf(answer, 'state');
  const environment = found.optional('environment');
  const decision = environment === null ? found.text('state') : `${found.text('decision')} for ${environment}`;
  const image = `${found.text('repository')}@${found.text('digest')}`;
  return `${style.strong(visible(image))}: ${visible(decision)}\n${fieldsOf([
    ['reason', visible(found.text('reason'))],
    ['until', visible(found.optional('validUntil') ?? '')],
    ['by', visible(found.optional('by') ?? found.optional('decidedBy') ?? '')],
  ])}`;
}
