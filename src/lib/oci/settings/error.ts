import { AppError } from '#base/error.ts';

export class SettingsError extends AppError<SettingsCode> {}

export type SettingsCode =
  /** The registries file is not YAML, names a key that there is not, or gives one a value that it cannot have. */
  | 'REGISTRIES_FILE_INVALID'
  /** A file with certificates or a key that the registries file names is not there, or is not what it should be. */
  | 'REGISTRY_CERTIFICATE_INVALID';
