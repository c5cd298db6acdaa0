import { openArchive } from '../../files/archive.ts';
import { openDocker } from '../../images/docker.ts';
import { type ImageSource, keepOpen } from '../source.ts';

/** What `docker save` writes, perhaps compressed. */
export const dockerArchive: ImageSource<'docker-archive'> = {
  id: 'docker-archive',
  open: async (reference, options) =>
    await keepOpen(await openArchive(reference.path, options), async (files) => [
      await openDocker(files, reference, options),
    ]),
};
