import { printJson } from '#base/json/print.ts';
import type { Command, CommandInput, OptionSpec, OptionValues } from '../command.ts';
import { outputOption } from '../commands/image-options.ts';
import { readConfig } from '../config.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';
import { assertWritable, parseOutputs, writeOutput } from '../outputs.ts';
import { createProgressLine, type ProgressLine } from '../progress.ts';
import { createStyle, type Style } from '../render/style.ts';
import { withTimeout } from '../timeout.ts';
import type { ApiTarget } from './api-client.ts';
import { SERVER_OPTIONS, targetOf } from './target.ts';

const FORMATS = ['table', 'json'] as const;

/** What a command that asks a server works with. */
export interface RemoteRun {
  readonly words: readonly string[];
  readonly options: OptionValues;
  readonly target: ApiTarget;
  readonly io: Io;
  readonly signal: AbortSignal;
  readonly line: ProgressLine;
}

/** What came of it. */
export interface RemoteResult {
  /** As the server has it: what `-o json` prints. */
  readonly answer: unknown;
  /** 0 when not said. */
  readonly exitCode?: number;
}

export interface Screen {
  /** Columns; a wide one for a file. */
  readonly columns: number;
  readonly style: Style;
}

export interface RemoteCommand extends Omit<Command, 'run' | 'options'> {
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** How many words it takes. */
  readonly words: readonly [min: number, max: number];
  run(run: RemoteRun): Promise<RemoteResult>;
  render(answer: unknown, screen: Screen): string;
}

const FILE_COLUMNS = 200;

/** A command that is a client of a server: its answer goes to standard output or a file, as a table or as the server's JSON. */
export function remoteCommand(command: RemoteCommand): Command {
  const { words, options } = command;
  return {
    ...command,
    options: { output: outputOption(FORMATS), ...SERVER_OPTIONS, ...options },
    run: async (input, io) => {
      assertWords(command, words, input);
      const outputs = parseOutputs(input.options.texts('output'), FORMATS);
      await assertWritable(outputs);
      const line = createProgressLine(io, input.options.flag('quiet'));
      return await withTimeout(input.options.text('timeout'), io, async (signal) => {
        const target = await targetOf(input.options, signal);
        const { positionals, options: values } = input;
        const { answer, exitCode = 0 } = await command
          .run({
            words: positionals,
            options: values,
            target,
            io,
            signal,
            line,
          })
          .finally(() => line.clear());
        for (const output of outputs) {
          const text =
            output.format === 'json' ? printJson(answer) : command.render(answer, screenOf(output.file, input, io));
          await writeOutput(output, text, io);
        }
        return exitCode;
      });
    },
  };
}

function screenOf(file: string | null, { options }: CommandInput, { stdout }: Io): Screen {
  const isScreen = file === null && stdout.isTerminal;
  const hasColours = isScreen && readConfig().colours && !options.flag('no-color');
  return { columns: isScreen ? stdout.columns : FILE_COLUMNS, style: createStyle(hasColours) };
}

function assertWords(
  { name, usage }: Pick<Command, 'name' | 'usage'>,
  [min, max]: readonly [number, number],
  { positionals }: CommandInput,
): void {
  if (positionals.length < min || positionals.length > max) {
    throw new Failure('USAGE', 'wrong arguments', {
      object: name,
      expected: usage,
      found: positionals.length === 0 ? 'nothing' : `${positionals.length} words`,
      hint: `plimsoll ${name} --help says what it takes.`,
    });
  }
}
