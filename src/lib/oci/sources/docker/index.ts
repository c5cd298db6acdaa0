import { DOCKER } from '../../daemon/kinds.ts';
import type { ImageSource } from '../source.ts';

/** An image that the Docker daemon of this machine holds, through its API socket. */
export const docker: ImageSource<'docker'> = {
  id: 'docker',
  open: async (reference, options) => {
    const sockets = options.access?.dockerSockets ?? [];
    const { openDaemonImage } = await import('../../daemon/open-image.ts');
    return await openDaemonImage({ kind: DOCKER, sockets, names: [reference.name] }, reference, options);
  },
};
