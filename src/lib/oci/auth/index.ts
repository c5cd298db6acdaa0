/** Credentials and tokens of registries, each bound to the origins that may see it. */

export { type Authorizer, type AuthorizerOptions, createAuthorizer } from './authorizer.ts';
export { AuthError } from './error.ts';
