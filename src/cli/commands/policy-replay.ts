import type { CommandInput } from '../command.ts';
import { readConfig } from '../config.ts';
import type { Io } from '../io.ts';
import { assertWritable, parseOutputs, writeOutput } from '../outputs.ts';
import { createStyle } from '../render/index.ts';
import { outputOption } from './image-options.ts';
import type { PolicyAction } from './policy-action.ts';

const FORMATS = ['table', 'json'] as const;

export const policyReplay: PolicyAction = {
  name: 'replay',
  usage: 'RECORD',
  description:
    'replay computes a verdict again from what was kept of it, and says whether the very same bytes come out: exits with 0 when they do, with 1 when they do not, and with 3 when something that it was made of is not there any more. RECORD is the digest that scan --environment shows, or a file with the verdict.',
  options: { output: outputOption(FORMATS) },
  examples: ['plimsoll policy replay sha256:…'],
  arguments: { least: 1, most: 1 },
  run: replay,
};

async function replay({ positionals: [record = ''], options }: CommandInput, io: Io): Promise<number> {
  const config = readConfig();
  const outputs = parseOutputs(options.texts('output'), FORMATS);
  await assertWritable(outputs);
  const { replayRecord } = await import('#assess/index.ts');
  const { renderReplay } = await import('../render/policy-record.ts');
  const replayed = await replayRecord(record, config.home);
  for (const output of outputs) {
    const colours = output.file === null && io.stdout.isTerminal && config.colours && !options.flag('no-color');
    const screen = { json: output.format === 'json', style: createStyle(colours) };
    await writeOutput(output, renderReplay(replayed, screen), io);
  }
  return replayed.same ? 0 : 1;
}
