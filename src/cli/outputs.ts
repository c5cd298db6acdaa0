import { open, rename, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { messageOf, quote } from '#base/error.ts';
import { Failure } from './failure.ts';
import type { Io } from './io.ts';

/** One `--output FORMAT[=FILE]`. */
export interface Output<Format extends string> {
  readonly format: Format;
  /** Absolute; null for standard output. */
  readonly file: string | null;
}

/** The outputs that were asked for, a table when none was; throws `USAGE`. */
export function parseOutputs<Format extends string>(
  texts: readonly string[],
  formats: readonly Format[],
): readonly Output<Format>[] {
  const outputs = (texts.length === 0 ? ['table'] : texts).map((text) => parseOutput(text, formats));
  const toScreen = outputs.filter((output) => output.file === null);
  if (toScreen.length > 1) {
    throw new Failure('USAGE', 'too many outputs without a file', {
      object: '--output',
      expected: 'at most one format on standard output',
      found: toScreen.map((output) => output.format).join(', '),
    });
  }
  return outputs;
}

function parseOutput<Format extends string>(text: string, formats: readonly Format[]): Output<Format> {
  const equals = text.indexOf('=');
  const name = equals === -1 ? text : text.slice(0, equals);
  const file = equals === -1 ? null : text.slice(equals + 1);
  const format = formats.find((candidate) => candidate === name);
  if (format === undefined || file === '') {
    throw new Failure('USAGE', 'unknown output', {
      object: '--output',
      expected: `FORMAT or FORMAT=FILE with one of ${formats.join(', ')}`,
      found: quote(text),
    });
  }
  return { format, file: file === null ? null : resolve(file) };
}

/** Writes a result where it was asked for; a file appears whole or not at all. */
export async function writeOutput(output: Output<string>, text: string, io: Io): Promise<void> {
  if (output.file === null) {
    io.out(text);
    return;
  }
  const temporary = `${output.file}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, output.file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw new Failure('OUTPUT_UNWRITABLE', 'report could not be written', {
      object: output.file,
      found: messageOf(error),
      cause: error,
    });
  }
}
