/** The parent of all processes of the server. */

export { type ServerReady, serve } from './supervise.ts';
