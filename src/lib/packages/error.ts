import { AppError } from '#base/error.ts';

export type PackagesCode =
  /** A file in which a package describes itself does not follow its format, or does not name the package. */
  | 'PACKAGE_METADATA_INVALID'
  /** A package database in a binary format is cut off, or contradicts itself from its first bytes on. */
  | 'PACKAGE_DATABASE_INVALID'
  /** An executable is cut off, or its ELF headers contradict each other. */
  | 'ELF_INVALID'
  /** A Windows program or library (PE) is cut off, or its headers contradict each other. */
  | 'PE_INVALID'
  /** A program or library of macOS (Mach-O) is cut off, or its load commands contradict each other. */
  | 'MACHO_INVALID'
  /** An archive in ZIP format is cut off, contradicts itself, or has an entry that is encrypted or compressed in an unusual way. */
  | 'ZIP_INVALID'
  /** A Go program whose build information is missing or damaged: its modules cannot be told. */
  | 'GO_BUILD_INFO_INVALID';

export class PackagesError extends AppError<PackagesCode> {}
