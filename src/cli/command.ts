import type { Io } from './io.ts';

/** One verb of the command line. Everything its help shows is data here. */
export interface Command {
  readonly name: string;
  /** The arguments behind the name, as the usage line shows them. */
  readonly usage: string;
  readonly summary: string;
  /** Paragraphs below the usage. */
  readonly description: readonly string[];
  /** What an argument may look like, and what it means then: a table below the description. */
  readonly forms?: readonly (readonly [form: string, meaning: string])[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly string[];
  /** It runs until it is told to end, and has no --timeout. */
  readonly isEndless?: true;
  /** Returns the exit code; throws what `reportError` turns into a message. */
  run(input: CommandInput, io: Io): Promise<number>;
}

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** What stands for the value in the help: `FORMAT[=FILE]`. */
  readonly value?: string;
  readonly help: string;
}

/** A parsed command line. */
export interface CommandInput {
  readonly positionals: readonly string[];
  readonly options: OptionValues;
}

export interface OptionValues {
  flag(name: string): boolean;
  text(name: string): string | undefined;
  texts(name: string): readonly string[];
}
