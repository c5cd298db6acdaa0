import { answerOf } from '../server/answer.ts';
import type { Screen } from '../server/remote-command.ts';
import { fieldsOf } from './rows.ts';
import { visible } from './text.ts';

/** What was decided about an image: its state, or the approval for an environment, and the platforms that went with it. */
export function renderState(answer: unknown, { style }: Screen): string {
  const found = answerOf(answer, 'state');
  const approval = found.optionalOne('approval') ?? (found.optional('environment') === null ? null : found);
  const decided = approval ?? found;
  const decision = approval === null ? null : `${approval.text('decision')} for ${approval.text('environment')}`;
  const said = [found.optional('state'), decision].filter((text) => text !== null).join(', ');
  const parts = found.has('parts') ? found.texts('parts') : [];
  const image = `${found.text('repository')}@${found.text('digest')}`;
  return `${style.strong(visible(image))}: ${visible(said)}\n${fieldsOf([
    ['reason', visible(decided.text('reason'))],
    ['until', visible(decided.optional('validUntil') ?? '')],
    ['by', visible(decided.optional('by') ?? decided.optional('decidedBy') ?? '')],
    ...parts.map((part, at) => [at === 0 ? 'with it' : '', visible(part)] as const),
  ])}`;
}
