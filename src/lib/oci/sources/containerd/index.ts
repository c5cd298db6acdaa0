import { DaemonError } from '../../daemon/error.ts';
import type { ImageSource } from '../source.ts';

/** An image in containerd's content store, through its API socket. */
export const containerd: ImageSource<'containerd'> = {
  id: 'containerd',
  open: async (reference, options) => {
    const access = options.access?.containerd;
    if (access === undefined) {
      throw new DaemonError('DAEMON_NOT_FOUND', 'containerd is not running', {
        object: 'containerd',
        expected: 'a socket that somebody listens on',
        found: 'no socket to try',
      });
    }
    // gRPC is the largest library of all sources and takes its time to load.
    const { openContainerdImage } = await import('../../containerd/open-image.ts');
    return await openContainerdImage(reference, access, options);
  },
};
