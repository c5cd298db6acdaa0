/** Who asks: credentials, tokens, accounts, and the first administrator. */

export { type Access, createAccess } from './access.ts';

export { Accounts } from './accounts.ts';
export { bearerChallenge } from './challenge.ts';
export { ensureFirstAdmin } from './first-admin.ts';
