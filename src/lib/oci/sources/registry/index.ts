import type { ImageSource } from '../source.ts';

/** A repository of a registry that speaks the OCI distribution API, or Docker's version 2. */
export const registry: ImageSource<'registry'> = {
  id: 'registry',
  // Most images that are looked at twice are files: HTTP, tokens and the rest are loaded when a registry is meant.
  open: async (reference, options) => {
    const { openRepository } = await import('./open-repository.ts');
    return await openRepository(reference, options);
  },
};
