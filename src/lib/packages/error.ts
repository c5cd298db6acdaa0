import { AppError } from '#base/error.ts';

export type PackagesCode =
  /** A file in which a package describes itself does not follow its format, or does not name the package. */
  | 'PACKAGE_METADATA_INVALID'
  /** A package database in a binary format is cut off, or contradicts itself from its first bytes on. */
  | 'PACKAGE_DATABASE_INVALID'
  /** An executable is cut off, or its ELF headers contradict each other. */
  | 'ELF_INVALID'
  /** A Go program whose build information is missing or damaged: its modules cannot be told. */
  | 'GO_BUILD_INFO_INVALID';

export class PackagesError extends AppError<PackagesCode> {}
