/** The server: what the command line starts. What runs in its processes is in `roles/`. */
export { loadServerConfig, ROLES, type Role, type ServerConfig, ServerConfigError } from './config/index.ts';
export { type ServeOptions, type ServerReady, SupervisorError, serve } from './supervisor/index.ts';
