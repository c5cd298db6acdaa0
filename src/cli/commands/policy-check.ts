import { relative, resolve } from 'node:path';
import { quote } from '#base/error.ts';
import type { CommandInput } from '../command.ts';
import { readConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { assertWritable, parseOutputs, writeOutput } from '../outputs.ts';
import { policyPlace } from '../policy-source.ts';
import { createStyle } from '../render/index.ts';
import { outputOption } from './image-options.ts';
import type { PolicyAction } from './policy-action.ts';

const FORMATS = ['table', 'json'] as const;

export const policyCheck: PolicyAction = {
  name: 'check',
  usage: '[FOLDER|FILE…]',
  description:
    'check reads documents, checks every expression against what there is to be seen, and names what is wrong or unwise with file, line and column: rules that contradict each other, are shadowed, always or never true, unused. Warnings leave the exit code alone.',
  options: { output: outputOption(FORMATS) },
  examples: ['plimsoll policy check', 'plimsoll policy check policies -o json'],
  arguments: { least: 0, most: 64 },
  run: check,
};

async function check({ positionals, options }: CommandInput, io: Io): Promise<number> {
  const config = readConfig();
  const outputs = parseOutputs(options.texts('output'), FORMATS);
  await assertWritable(outputs);
  const usual = positionals.length === 0 ? await policyPlace(config) : null;
  const paths = usual === null ? positionals : [usual];
  const { checkFolder, isBundleReference } = await import('#assess/index.ts');
  if (usual !== null && isBundleReference(usual)) {
    throw new Failure('USAGE', 'a bundle was checked before it was signed', {
      object: 'PLIMSOLL_POLICIES',
      expected: 'a folder, or one named behind check',
      found: quote(usual),
    });
  }
  const { renderPolicyCheck } = await import('../render/policy-check.ts');
  const checked = await checkFolder(
    paths.map((path) => resolve(path)),
    { now: io.clock.now(), named: (path) => relative('', path) },
  );
  for (const output of outputs) {
    const colours = output.file === null && io.stdout.isTerminal && config.colours && !options.flag('no-color');
    const screen = { json: output.format === 'json', style: createStyle(colours) };
    await writeOutput(output, renderPolicyCheck(checked, screen), io);
  }
  return checked.issues.some(({ severity }) => severity === 'error') ? 1 : 0;
}
