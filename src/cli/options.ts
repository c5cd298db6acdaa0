import { parseArgs } from 'node:util';
import { messageOf } from '#base/error.ts';
import type { Command, CommandInput, OptionSpec } from './command.ts';
import { Failure } from './failure.ts';

/** Options that every command has, but one that is endless. */
const COMMON_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  quiet: { type: 'boolean', short: 'q', help: 'no progress and no notes on standard error' },
  'no-color': { type: 'boolean', help: 'no colours, as with NO_COLOR in the environment' },
  timeout: { type: 'string', value: 'DURATION', help: 'give up after this long: 90s, 5m, 1h (default 30m)' },
  debug: { type: 'boolean', help: 'log to standard error, and show stack traces' },
  help: { type: 'boolean', short: 'h', help: 'show this help' },
};

/** The options of a command, its own before those that others have as well. */
export function optionsOf({ options, isEndless }: Command): Readonly<Record<string, OptionSpec>> {
  const common = Object.entries(COMMON_OPTIONS).filter(([name]) => isEndless !== true || name !== 'timeout');
  return { ...options, ...Object.fromEntries(common) };
}

/** The words behind the command's name, judged by its own option table; wrong usage throws `USAGE`. */
export function parseCommandLine(command: Command, words: readonly string[]): CommandInput {
  const known = optionsOf(command);
  const { values, positionals } = parse(command, words, known);
  const read = new Map<string, unknown>(Object.entries(values));
  return {
    positionals,
    options: {
      flag: (name) => read.get(name) === true,
      text: (name) => asText(read.get(name)),
      texts: (name) => asTexts(read.get(name)),
    },
  };
}

function parse(command: Command, words: readonly string[], known: Readonly<Record<string, OptionSpec>>) {
  const options = Object.fromEntries(
    Object.entries(known).map(([name, spec]) => [
      name,
      {
        type: spec.type,
        multiple: spec.multiple === true,
        ...(spec.short === undefined ? {} : { short: spec.short }),
      },
    ]),
  );
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (error) {
    // What Node adds to "Unknown option" is about words that begin with a dash, and hardly ever what was meant.
    const [problem = ''] = messageOf(error).split('. To specify');
    throw new Failure('USAGE', problem, {
      hint: `plimsoll ${command.name} --help lists the options.`,
      cause: error,
    });
  }
}

function asText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

const UNITS: ReadonlyMap<string, number> = new Map([
  ['s', 1000],
  ['m', 60_000],
  ['h', 3_600_000],
]);

/** Node's timers hold 31 bits of milliseconds; a longer one would be over at once. */
const MAX_HOURS = 596;

/** Milliseconds of `90s`, `5m`, `1h`, 596 hours at most; throws `USAGE` naming the option. */
export function parseDuration(text: string, option: string): number {
  const unit = UNITS.get(text.slice(-1));
  const digits = text.slice(0, -1);
  if (unit === undefined || digits === '' || digits.length > 6 || !/^[0-9]+$/.test(digits) || Number(digits) === 0) {
    throw new Failure('USAGE', 'invalid duration', {
      object: option,
      expected: 'a number with s, m or h',
      found: text,
    });
  }
  const milliseconds = Number(digits) * unit;
  if (milliseconds > MAX_HOURS * 3_600_000) {
    throw new Failure('USAGE', 'the duration is too long', {
      object: option,
      expected: `${MAX_HOURS}h at most`,
      found: text,
    });
  }
  return milliseconds;
}
