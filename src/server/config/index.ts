/** What the server works by: `plimsoll.yaml` and a few variables. */
export { authorityOf } from './address.ts';
export { loadServerConfig, secretEnvironment } from './config.ts';
export { otherSecretThan, readDocumentSecret } from './document-secrets.ts';
export { ServerConfigError } from './error.ts';
export {
  type AdvisoriesConfig,
  type BlobsConfig,
  type ListenerConfig,
  ROLES,
  type Role,
  SERVICES,
  type ServerConfig,
  type Service,
} from './model.ts';
export { readSecret } from './secrets.ts';
