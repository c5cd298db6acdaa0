import { openArchive } from '../../files/archive.ts';
import { openLayout } from '../../images/layout.ts';
import { type ImageSource, keepOpen } from '../source.ts';

/** A tar of an OCI image layout, perhaps compressed. */
export const archive: ImageSource<'oci-archive'> = {
  id: 'archive',
  open: async (reference, options) =>
    await keepOpen(await openArchive(reference.path, options), (files) => openLayout(files, reference, options)),
};
