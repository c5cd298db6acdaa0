import { openFolder } from '../../files/folder.ts';
import { resolveSource } from '../../files/open-file.ts';
import { openLayout } from '../../images/layout.ts';
import { type ImageSource, keepOpen } from '../source.ts';

/** A folder in the OCI image layout. */
export const layout: ImageSource<'oci'> = {
  id: 'layout',
  open: async (reference, options) => {
    const folder = openFolder(await resolveSource(reference.path));
    return await keepOpen(folder, (files) => openLayout(files, reference, options));
  },
};
