import { quote } from '#base/error.ts';
import type { Command, OptionSpec, OptionValues } from '../command.ts';
import { Failure } from '../failure.ts';
import type { PolicyAction } from './policy-action.ts';
import { policyCheck } from './policy-check.ts';
import { policyExplain } from './policy-explain.ts';
import { policyExport } from './policy-export.ts';
import { policyImport } from './policy-import.ts';
import { policyInit } from './policy-init.ts';
import { policyPrune } from './policy-prune.ts';
import { policyReplay } from './policy-replay.ts';
import { policyTest } from './policy-test.ts';

/** In the order of the help. */
const ACTIONS: readonly PolicyAction[] = [
  policyInit,
  policyCheck,
  policyTest,
  policyExplain,
  policyReplay,
  policyPrune,
  policyImport,
  policyExport,
];

export const policy: Command = {
  name: 'policy',
  usage: ACTIONS.map(({ name, usage }) => `${name} ${usage}`).join(' | '),
  summary: 'write, check and test what images have to be like, and explain what was decided',
  description: [
    ...ACTIONS.map(({ description }) => description),
    'Policies are those of PLIMSOLL_POLICIES, a folder or a signed bundle (a reference as export --to takes it), else those in $XDG_CONFIG_HOME/plimsoll/policies, else those that ship. docs/guides/policy.md describes the documents.',
    'Exit codes: 0, 1 something is wrong or refused, 2 wrong usage, 3 what cannot be read.',
  ],
  options: Object.assign({}, ...ACTIONS.map(({ options }) => options)) as Readonly<Record<string, OptionSpec>>,
  examples: ACTIONS.flatMap(({ examples }) => examples),
  run: async ({ positionals: [word, ...positionals], options }, io) => {
    const action = ACTIONS.find(({ name }) => name === word);
    const count = positionals.length;
    if (action === undefined || count < action.arguments.least || count > action.arguments.most) {
      throw new Failure('USAGE', 'wrong arguments', {
        object: 'policy',
        expected:
          action === undefined
            ? `one of ${ACTIONS.map(({ name }) => name).join(', ')}`
            : `${action.name} ${action.usage}`,
        found: word === undefined ? 'nothing' : quote([word, ...positionals].join(' ')),
        hint: 'plimsoll policy --help says what each does.',
      });
    }
    assertOwnOptions(action, options);
    return await action.run({ positionals, options }, io);
  },
};

function assertOwnOptions(action: PolicyAction, options: OptionValues): void {
  const foreign = Object.entries(policy.options).find(
    ([name, spec]) => !Object.hasOwn(action.options, name) && isGiven(options, name, spec),
  );
  if (foreign !== undefined) {
    throw new Failure('USAGE', `--${foreign[0]} does not go with ${action.name}`, {
      object: 'policy',
      expected: `${action.name} ${action.usage}`,
      hint: 'plimsoll policy --help says what each does.',
    });
  }
}

function isGiven(options: OptionValues, name: string, { type, multiple }: OptionSpec): boolean {
  if (type === 'boolean') {
    return options.flag(name);
  }
  return multiple === true ? options.texts(name).length > 0 : options.text(name) !== undefined;
}
