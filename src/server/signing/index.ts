/** The key by which the server signs what it says of images. Its public halves are read from `public-keys.ts`, which loads nothing that opens keys. */
export { openSigningKey } from './signing-key.ts';
