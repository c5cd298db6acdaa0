import { constants } from 'node:fs';
import { access, open, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
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
  const files = outputs.flatMap(({ file }) => file ?? []);
  const twice = files.find((file, index) => files.indexOf(file) !== index);
  if (twice !== undefined) {
    throw new Failure('USAGE', 'two outputs in one file', {
      object: '--output',
      expected: 'a file for each',
      found: quote(twice),
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

/** Looks before the work starts whether every file has a folder to be in; throws `OUTPUT_UNWRITABLE`. */
export async function assertWritable(outputs: readonly Output<string>[]): Promise<void> {
  for (const file of outputs.flatMap((output) => output.file ?? [])) {
    try {
      const target = await targetOf(file);
      await access(target.special ? target.path : dirname(target.path), constants.W_OK);
    } catch (error) {
      throw unwritable(file, error);
    }
  }
}

/** Writes a result where it was asked for. */
export async function writeOutput({ file }: Output<string>, text: string, io: Io): Promise<void> {
  if (file === null) {
    io.out(text);
  } else {
    await writeResult(file, text);
  }
}

/**
 * A file that appears whole or not at all; throws `OUTPUT_UNWRITABLE`. A device, a pipe or a socket is written to and a
 * link is followed: putting a file in the place of /dev/null would break the machine.
 */
export async function writeResult(file: string, content: string | Uint8Array): Promise<void> {
  try {
    const target = await targetOf(file);
    await (target.special ? writeFile(target.path, content) : replace(target.path, content));
  } catch (error) {
    throw unwritable(file, error);
  }
}

interface Target {
  readonly path: string;
  /** A device, a pipe or a socket. */
  readonly special: boolean;
}

async function targetOf(file: string): Promise<Target> {
  try {
    const found = await stat(file);
    if (found.isDirectory()) {
      throw new Error('a folder');
    }
    // What /dev/stdout leads to may have no path of its own.
    return found.isFile() ? { path: await realpath(file), special: false } : { path: file, special: true };
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      return { path: file, special: false };
    }
    throw error;
  }
}

async function replace(path: string, content: string | Uint8Array): Promise<void> {
  const temporary = `${path}.${process.pid}.tmp`;
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

function unwritable(file: string, error: unknown): Failure {
  return new Failure('OUTPUT_UNWRITABLE', 'report could not be written', {
    object: file,
    expected: 'a file in a folder that may be written to',
    found: messageOf(error),
    cause: error,
  });
}
