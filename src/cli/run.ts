import type { Command } from './command.ts';
import { commands } from './commands/list.ts';
import { Failure, reportError } from './failure.ts';
import { commandHelp, overview } from './help.ts';
import type { Io } from './io.ts';
import { createIo } from './io.ts';
import { parseCommandLine } from './options.ts';
import { version } from './version.ts';

/** 0 passed, 1 refused, 2 wrong usage, 3 could not be read or analysed; 128 + n when signal n ended the run. */
export type ExitCode = number;

/** Runs one command line (without `node` and the script) and returns the exit code. Nothing is thrown. */
export async function run(argv: readonly string[]): Promise<ExitCode> {
  const io = createIo();
  try {
    return await dispatch(argv, io);
  } catch (error) {
    return reportError(error, io, argv.includes('--debug'));
  } finally {
    io.close();
  }
}

async function dispatch(argv: readonly string[], io: Io): Promise<ExitCode> {
  // `npm start` alone runs the platform.
  const [first, ...rest] = argv.length === 0 ? ['serve'] : argv;
  if (first === undefined || first === 'help' || first === '--help' || first === '-h') {
    return await help(rest[0], io);
  }
  if (first === '--version' || first === '-V' || first === 'version') {
    io.out(`plimsoll ${version}\n`);
    return 0;
  }
  const command = await load(first);
  if (rest.includes('--help') || rest.includes('-h')) {
    io.out(commandHelp(command));
    return 0;
  }
  return await command.run(parseCommandLine(command, rest), io);
}

async function help(name: string | undefined, io: Io): Promise<ExitCode> {
  io.out(name === undefined || name.startsWith('-') ? overview() : commandHelp(await load(name)));
  return 0;
}

async function load(name: string): Promise<Command> {
  if (name.startsWith('-')) {
    throw new Failure('USAGE', 'options follow the command', {
      object: name,
      expected: 'a command first',
      hint: 'For example: plimsoll scan --offline IMAGE. plimsoll --help lists the commands.',
    });
  }
  const entry = commands.find((candidate) => candidate.name === name);
  if (entry === undefined) {
    throw new Failure('USAGE', 'unknown command', {
      object: name,
      expected: `one of ${commands.map((candidate) => candidate.name).join(', ')}`,
      hint: 'plimsoll --help lists the commands.',
    });
  }
  return await entry.load();
}
