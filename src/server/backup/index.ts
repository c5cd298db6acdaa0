/** Copies of all that a server has, and bringing them back. */
export { type BackupOptions, backup } from './backup.ts';
export { BackupError } from './error.ts';
export { type RestoreOptions, restore } from './restore.ts';
export type { BackupSummary } from './summary.ts';
