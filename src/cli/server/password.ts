import { LIMITS } from '#base/limits.ts';
import type { OptionValues } from '../command.ts';
import { Failure } from '../failure.ts';
import type { Io } from '../io.ts';

/** From standard input with `--password-stdin`, else asked for on the terminal; twice for a new one. Throws `USAGE`. */
export async function readPassword(
  options: OptionValues,
  io: Io,
  question: string,
  { isNew, signal }: { readonly isNew: boolean; readonly signal: AbortSignal },
): Promise<string> {
  if (options.flag('password-stdin')) {
    return withoutLineEnd(await io.input(LIMITS.passphraseBytes));
  }
  const first = textOf(await io.secret(`${question}: `, signal));
  if (isNew && first !== textOf(await io.secret('The same again: ', signal))) {
    throw new Failure('USAGE', 'the passwords differ', {
      object: question,
      expected: 'the same one twice',
      found: 'two',
    });
  }
  return first;
}

function textOf(typed: Uint8Array | null): string {
  if (typed === null) {
    throw new Failure('USAGE', 'a password is needed', {
      expected: '--password-stdin, or a terminal to ask on',
      found: 'neither',
    });
  }
  return Buffer.from(typed).toString('utf8');
}

/** The end of the line belongs to the program that wrote it. */
function withoutLineEnd(bytes: Uint8Array): string {
  const text = Buffer.from(bytes).toString('utf8');
  return text.endsWith('\r\n') ? text.slice(0, -2) : text.endsWith('\n') ? text.slice(0, -1) : text;
}
