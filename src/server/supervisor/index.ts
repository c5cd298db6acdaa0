/** The parent of all processes of the server. */
export { SupervisorError } from './error.ts';
export { type ServeOptions, type ServerReady, serve } from './supervise.ts';
