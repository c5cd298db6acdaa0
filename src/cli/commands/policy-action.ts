import type { CommandInput, OptionSpec } from '../command.ts';
import type { Io } from '../io.ts';

/** One action of `plimsoll policy`: what `policy.ts` shows and runs. What is heavy is imported when it runs. */
export interface PolicyAction {
  readonly name: string;
  /** The arguments behind its name: `[FOLDER|FILE…]`. */
  readonly usage: string;
  /** A paragraph of the help, which begins with its name. */
  readonly description: string;
  /** Those that it takes besides the common ones. Actions share an option by sharing its specification. */
  readonly options: Readonly<Record<string, OptionSpec>>;
  readonly examples: readonly string[];
  /** How many arguments it takes behind its name. */
  readonly arguments: { readonly least: number; readonly most: number };
  /** Returns the exit code. The positionals are those behind its name. */
  run(input: CommandInput, io: Io): Promise<number>;
}
