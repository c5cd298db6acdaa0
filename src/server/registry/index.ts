/** The registry: what is answered at `/v2/`. */
export { createRegistry, type RegistryOptions } from './registry.ts';
