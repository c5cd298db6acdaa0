import type { FileInfo } from '#model/analyser.ts';
import { isElfProgram, parseElf } from './elf.ts';
import type { Executable } from './executable.ts';
import { isMachOProgram, parseMachO } from './macho.ts';
import { isPeProgram, parsePe } from './pe.ts';

/** True when a program or library of Linux, Windows or macOS may start like this; for `accepts`, and before `parsePrograms`. */
export function isProgram(head: Uint8Array): boolean {
  return isElfProgram(head) || isPeProgram(head) || isMachOProgram(head);
}

const ANY_EXECUTE_BIT = 0o111;

/** True where somebody may run the file; for `wants`. Windows has no such bits. */
export function isExecutable({ mode }: Pick<FileInfo, 'mode'>): boolean {
  return (mode & ANY_EXECUTE_BIT) !== 0;
}

/** Several catalogers read the same programs, one after the other. */
const parsed = new WeakMap<Uint8Array, readonly Executable[]>();

/** One for each processor that the file has code for; none for a file that is no program of these systems. Throws what the readers throw. */
export function parsePrograms(bytes: Uint8Array, object: string): readonly Executable[] {
  const known = parsed.get(bytes);
  if (known !== undefined) {
    return known;
  }
  const programs = parse(bytes, object);
  parsed.set(bytes, programs);
  return programs;
}

function parse(bytes: Uint8Array, object: string): readonly Executable[] {
  if (isElfProgram(bytes)) {
    return [parseElf(bytes, object)];
  }
  if (isPeProgram(bytes)) {
    const pe = parsePe(bytes, object);
    return pe === null ? [] : [pe];
  }
  return isMachOProgram(bytes) ? parseMachO(bytes, object) : [];
}
