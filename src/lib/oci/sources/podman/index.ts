import { PODMAN } from '../../daemon/kinds.ts';
import type { DaemonReference } from '../../reference.ts';
import type { ImageSource } from '../source.ts';

/** An image in podman's storage, through its API socket, which speaks Docker's API too. */
export const podman: ImageSource<'podman'> = {
  id: 'podman',
  open: async (reference, options) => {
    const sockets = options.access?.podmanSockets ?? [];
    const { openDaemonImage } = await import('../../daemon/open-image.ts');
    return await openDaemonImage({ kind: PODMAN, sockets, names: namesOf(reference) }, reference, options);
  },
};

const DOCKER_HUB = 'docker.io/';
const OFFICIAL = 'docker.io/library/';

/** A name without a registry is first of all one that was built here, as for podman itself: `localhost/NAME`. */
function namesOf({ text, name }: DaemonReference): readonly string[] {
  const written = text.slice('podman:'.length);
  if (!name.startsWith(DOCKER_HUB) || written.startsWith(DOCKER_HUB) || written.startsWith('index.docker.io/')) {
    return [name];
  }
  const short = name.slice(name.startsWith(OFFICIAL) && !written.includes('/') ? OFFICIAL.length : DOCKER_HUB.length);
  return [`localhost/${short}`, name];
}
