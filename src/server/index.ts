import type { RecoverOptions } from './access/recover-user.ts';
import type { BackupOptions, BackupSummary, RestoreOptions } from './backup/index.ts';
import type { Credential } from './supervisor/index.ts';

/** The server: what the command line starts. What runs in its processes is in `roles/`. */
export type { BackupSummary } from './backup/index.ts';
export { loadServerConfig, ROLES, type Role } from './config/index.ts';
export { type Credential, type ServerReady, serve } from './supervisor/index.ts';

/** Copies all that a server has to a folder. Loaded when it is called: the supervisor stays small. */
export async function backup(options: BackupOptions): Promise<BackupSummary> {
  return await (await import('./backup/index.ts')).backup(options);
}

/** Brings a backup back, into a server that has nothing. */
export async function restore(options: RestoreOptions): Promise<BackupSummary> {
  return await (await import('./backup/index.ts')).restore(options);
}

/** Gives a user another password, on the records themselves. */
export async function recoverUser(options: RecoverOptions): Promise<Credential> {
  return await (await import('./access/recover-user.ts')).recoverUser(options);
}
