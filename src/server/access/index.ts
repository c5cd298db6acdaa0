/** Who asks: credentials, tokens, accounts, and the first administrator. */

export { type Access, type AccessOptions, createAccess } from './access.ts';
export { AccountError } from './account-error.ts';
export { type AccountChange, Accounts, type WithSecret } from './accounts.ts';
export { bearerChallenge, TOKEN_PATH } from './challenge.ts';
export { ensureFirstAdmin, type FirstCredential } from './first-admin.ts';
