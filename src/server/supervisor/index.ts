/** The parent of all processes of the server. */

export type { Credential } from './messages.ts';
export { type ServerReady, serve } from './supervise.ts';
