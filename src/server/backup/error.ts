import { AppError } from '#base/error.ts';

export type BackupCode =
  /** The folder for a backup holds something already. */
  | 'BACKUP_TARGET_NOT_EMPTY'
  /** There is no finished backup in the folder. */
  | 'BACKUP_MISSING'
  /** A backup is not as it was written: bytes were lost or changed. Nothing of it is restored. */
  | 'BACKUP_DAMAGED'
  /** Garbage was collected faster than blobs could be copied, again and again. */
  | 'BACKUP_OVERTAKEN';

/** Why there is no backup, or none that can be restored. */
export class BackupError extends AppError<BackupCode> {}
