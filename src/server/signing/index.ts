/** The key by which the server signs what it says of images. */
export { type PublicKey, publicKeys } from './public-keys.ts';
export { openSigningKey, type ServerKey, type SigningKeyOptions } from './signing-key.ts';
