import { join, resolve } from 'node:path';
import type { CommandInput } from '../command.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import type { PolicyAction } from './policy-action.ts';

export const policyInit: PolicyAction = {
  name: 'init',
  usage: '[FOLDER]',
  description:
    'init writes documents to begin with into a folder (policies where none is named): an environment, a policy and its cases, with comments. Nothing is overwritten.',
  options: {},
  examples: ['plimsoll policy init'],
  arguments: { least: 0, most: 1 },
  run: init,
};

async function init({ positionals: [folder = 'policies'] }: CommandInput, io: Io): Promise<number> {
  const { mkdir, writeFile } = await import('node:fs/promises');
  const { starterPolicies } = await import('#assess/index.ts');
  const files = await starterPolicies();
  await mkdir(resolve(folder), { recursive: true });
  const taken = await existing(files.map(({ name }) => join(folder, name)));
  if (taken !== null) {
    throw new Failure('OUTPUT_UNWRITABLE', 'nothing was written', {
      object: taken,
      expected: 'no such file yet',
      found: 'one',
      hint: 'Name another folder: plimsoll policy init FOLDER.',
    });
  }
  for (const { name, bytes } of files) {
    await writeFile(resolve(folder, name), bytes, { flag: 'wx' });
  }
  io.out(
    [
      ...files.map(({ name }) => `${join(folder, name)}: written`),
      '',
      'Next:',
      `  plimsoll policy check ${folder}   says what is wrong with them, with file and line`,
      `  plimsoll policy test ${folder}    runs their cases`,
      `  plimsoll scan --policies ${folder} --environment production IMAGE`,
      '',
    ].join('\n'),
  );
  return 0;
}

/** The first of these paths that there is something at. */
async function existing(paths: readonly string[]): Promise<string | null> {
  const { lstat } = await import('node:fs/promises');
  for (const path of paths) {
    const there = await lstat(path).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
    );
    if (there) {
      return path;
    }
  }
  return null;
}
