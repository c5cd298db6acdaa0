import { isDuration, toMilliseconds } from '#base/duration.ts';
import { quote } from '#base/error.ts';
import type { CommandInput } from '../command.ts';
import { readConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { counted } from '../render/text.ts';
import type { PolicyAction } from './policy-action.ts';

export const policyPrune: PolicyAction = {
  name: 'prune',
  usage: '--older-than TIME',
  description:
    'prune removes records of verdicts that are older, and what no record that stays is made of. What was decided of an image is still part of its history.',
  options: { 'older-than': { type: 'string', value: 'TIME', help: 'prune: hours or days, such as 12h or 90d' } },
  examples: ['plimsoll policy prune --older-than 365d'],
  arguments: { least: 0, most: 0 },
  run: prune,
};

async function prune({ options }: CommandInput, io: Io): Promise<number> {
  const age = options.text('older-than') ?? '';
  if (!isDuration(age)) {
    throw new Failure('USAGE', 'how old?', {
      object: '--older-than',
      expected: 'minutes, hours or days, such as 12h or 90d',
      found: age === '' ? 'nothing' : quote(age),
    });
  }
  const { pruneRecords } = await import('#assess/index.ts');
  const now = io.clock.now();
  const { records, objects } = await pruneRecords(readConfig().home, { before: now - toMilliseconds(age), now });
  io.out(`${counted(records, 'record')} and ${counted(objects, 'other thing')} removed\n`);
  return 0;
}
