/** Credentials and tokens of registries, each bound to the origins that may see them. */
export { type Authorizer, createAuthorizer } from './authorizer.ts';
