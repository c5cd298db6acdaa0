import { quote } from '#base/error.ts';
import { printJson } from '#base/json/print.ts';
import type { Command, CommandInput, OptionSpec, OptionValues } from '../command.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { assertWritable, parseOutputs, writeOutput } from '../outputs.ts';
import { renderAccounts } from '../render/accounts.ts';
import type { ApiTarget } from '../server/api-client.ts';
import { SERVER_OPTIONS, targetOf } from '../server/target.ts';
import { withTimeout } from '../timeout.ts';
import { outputOption } from './image-options.ts';

const FORMATS = ['table', 'json'] as const;

/** What an action works with. */
export interface AccountRun {
  readonly words: readonly string[];
  readonly options: OptionValues;
  readonly target: ApiTarget;
  readonly io: Io;
  readonly signal: AbortSignal;
}

/** One action of `plimsoll user` or `plimsoll robot`. */
export interface AccountAction {
  readonly name: string;
  readonly usage: string;
  /** A paragraph of the help, which begins with its name. */
  readonly description: string;
  /** How many names it takes. */
  readonly names: 0 | 1;
  /** Names of options that it takes besides those of all. */
  readonly options: readonly string[];
  /** What the server answered; null for nothing. */
  run(run: AccountRun): Promise<unknown>;
}

interface AccountCommand extends Pick<Command, 'name' | 'summary' | 'examples'> {
  readonly description: readonly string[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly actions: readonly AccountAction[];
}

/** A command of such actions. */
export function accountCommand({ name, summary, description, options, examples, actions }: AccountCommand): Command {
  return {
    name,
    summary,
    usage: actions.map((action) => `${action.name} ${action.usage}`.trim()).join(' | '),
    description: [...actions.map((action) => action.description), ...description],
    options: { output: outputOption(FORMATS), ...SERVER_OPTIONS, ...options },
    examples,
    run: async (input, io) => {
      const { action, words } = actionOf(name, actions, input);
      assertOwnOptions(name, action, options, input.options);
      const outputs = parseOutputs(input.options.texts('output'), FORMATS);
      await assertWritable(outputs);
      return await withTimeout(input.options.text('timeout'), io, async (signal) => {
        const target = await targetOf(input.options, signal);
        const answer = await action.run({ words, options: input.options, target, io, signal });
        for (const output of outputs) {
          const text = output.format === 'json' ? printJson(answer) : renderAccounts(answer);
          await writeOutput(output, text, io);
        }
        return 0;
      });
    },
  };
}

function actionOf(
  command: string,
  actions: readonly AccountAction[],
  { positionals: [word, ...words] }: CommandInput,
): { readonly action: AccountAction; readonly words: readonly string[] } {
  const action = actions.find((candidate) => candidate.name === word);
  if (action === undefined || words.length !== action.names) {
    throw new Failure('USAGE', 'wrong arguments', {
      object: command,
      expected:
        action === undefined
          ? `one of ${actions.map((candidate) => candidate.name).join(', ')}`
          : `${action.name} ${action.usage}`.trim(),
      found: word === undefined ? 'nothing' : quote([word, ...words].join(' ')),
      hint: `plimsoll ${command} --help says what each does.`,
    });
  }
  return { action, words };
}

function assertOwnOptions(
  command: string,
  action: AccountAction,
  all: Readonly<Record<string, OptionSpec>>,
  options: OptionValues,
): void {
  const foreign = Object.entries(all).find(
    ([name, { type, multiple }]) =>
      !action.options.includes(name) &&
      (type === 'boolean'
        ? options.flag(name)
        : multiple === true
          ? options.texts(name).length > 0
          : options.text(name) !== undefined),
  );
  if (foreign !== undefined) {
    throw new Failure('USAGE', `--${foreign[0]} does not go with ${action.name}`, {
      object: command,
      expected: `${action.name} ${action.usage}`.trim(),
      hint: `plimsoll ${command} --help says what each does.`,
    });
  }
}
