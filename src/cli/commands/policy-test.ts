import { relative, resolve } from 'node:path';
import type { CommandInput } from '../command.ts';
import { readConfig } from '../config.ts';
import type { Io } from '../io.ts';
import { assertWritable, parseOutputs, writeOutput } from '../outputs.ts';
import { policyPlace } from '../policy-source.ts';
import { createStyle } from '../render/index.ts';
import { outputOption } from './image-options.ts';
import type { PolicyAction } from './policy-action.ts';

const FORMATS = ['table', 'json', 'junit'] as const;

export const policyTest: PolicyAction = {
  name: 'test',
  usage: '[FOLDER]',
  description:
    'test runs the cases of a folder (*.test.yaml) over its policies, and tells which rules no case shows to be kept and to be broken: a warning, an error with --require-coverage. docs/guides/policy-tests.md describes cases.',
  options: {
    output: outputOption(FORMATS),
    'require-coverage': {
      type: 'boolean',
      help: 'test: exit with 1 unless every rule has a case that keeps it and one that breaks it',
    },
  },
  examples: ['plimsoll policy test policies --require-coverage -o junit=cases.xml'],
  arguments: { least: 0, most: 1 },
  run: test,
};

async function test({ positionals: [folder], options }: CommandInput, io: Io): Promise<number> {
  const config = readConfig();
  const outputs = parseOutputs(options.texts('output'), FORMATS);
  await assertWritable(outputs);
  const path = folder ?? (await policyPlace(config));
  const { testPolicies } = await import('#assess/index.ts');
  const { isCovered, renderPolicyTest } = await import('../render/policy-test.ts');
  const run = await testPolicies(path === null ? null : resolve(path), { named: (file) => relative('', file) });
  const required = options.flag('require-coverage');
  for (const output of outputs) {
    const colours = output.file === null && io.stdout.isTerminal && config.colours && !options.flag('no-color');
    const screen = { format: output.format, style: createStyle(colours), required };
    await writeOutput(output, renderPolicyTest(run, screen), io);
  }
  const failed = run.cases.some(({ failures }) => failures.length > 0);
  return failed || (required && !run.coverage.every(isCovered)) ? 1 : 0;
}
