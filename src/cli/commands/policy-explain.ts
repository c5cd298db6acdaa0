import type { CommandInput } from '../command.ts';
import { readConfig } from '../config.ts';
import type { Io } from '../io.ts';
import { assertWritable, parseOutputs, writeOutput } from '../outputs.ts';
import { createStyle } from '../render/index.ts';
import { outputOption } from './image-options.ts';
import type { PolicyAction } from './policy-action.ts';

const FORMATS = ['table', 'json'] as const;

export const policyExplain: PolicyAction = {
  name: 'explain',
  usage: 'RECORD POLICY/RULE',
  description:
    'explain walks one rule of a verdict through with the values that it saw: conditions, parameters, variables, the expression part by part, and exceptions. Exits with 0 whatever came of the rule.',
  options: { output: outputOption(FORMATS) },
  examples: ['plimsoll policy explain sha256:… non-root-user/not-root'],
  arguments: { least: 2, most: 2 },
  run: explain,
};

async function explain({ positionals: [record = '', rule = ''], options }: CommandInput, io: Io): Promise<number> {
  const config = readConfig();
  const outputs = parseOutputs(options.texts('output'), FORMATS);
  await assertWritable(outputs);
  const { explainRecord } = await import('#assess/index.ts');
  const { renderRuleExplanation } = await import('../render/policy-record.ts');
  const explained = await explainRecord(record, rule, config.home);
  for (const output of outputs) {
    const toTerminal = output.file === null && io.stdout.isTerminal;
    const style = createStyle(toTerminal && config.colours && !options.flag('no-color'));
    const width = toTerminal ? io.stdout.columns : 100;
    await writeOutput(output, renderRuleExplanation(explained, { json: output.format === 'json', style, width }), io);
  }
  return 0;
}
