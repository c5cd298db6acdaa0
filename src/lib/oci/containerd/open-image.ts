import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { quote } from '#base/error.ts';
import { DaemonError } from '../daemon/error.ts';
import { OciError } from '../error.ts';
import type { OpenedImages, OpenOptions } from '../images/options.ts';
import { openRoots } from '../images/roots.ts';
import type { ContainerdReference } from '../reference.ts';
import { keepOpen } from '../sources/source.ts';
import { ContainerdClient } from './client.ts';
import { containerdContent } from './content.ts';
import type { Target } from './messages.ts';
import { containerdName } from './names.ts';

/** Where an image that is not in the namespace is looked for, to say so. */
const NAMESPACES_ASKED = 32;

/** The image that containerd has under a name in a namespace, read out of its content store as out of a layout. */
export async function openContainerdImage(
  reference: ContainerdReference,
  { socket, namespace }: { readonly socket: string; readonly namespace: string },
  options: OpenOptions,
): Promise<OpenedImages> {
  await assertSocket(socket);
  const client = new ContainerdClient(socket);
  const { signal } = options;
  return await keepOpen(containerdContent(client, namespace, signal), async (content) => {
    const { candidates, digest } = containerdName(reference.name);
    const target = await findImage(client, namespace, candidates, signal);
    if (target === null) {
      throw await notFound(client, namespace, candidates, content.object, signal);
    }
    const root = { ...target, annotations: new Map<string, string>(), artifactType: null, platform: null };
    return await openRoots(content, [root], { text: reference.text, source: 'containerd', digest }, options);
  });
}

/** gRPC tells a missing socket and a forbidden one apart only in prose. */
async function assertSocket(socket: string): Promise<void> {
  const object = `containerd at ${socket}`;
  try {
    await access(socket, constants.R_OK | constants.W_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    if (code === 'EACCES' || code === 'EPERM') {
      throw new DaemonError('DAEMON_FORBIDDEN', 'no permission', {
        object,
        expected: 'a socket that this user may write to',
        found: code,
        hint: 'Run as root, as ctr and nerdctl need it too.',
        cause: error,
      });
    }
    throw new DaemonError('DAEMON_NOT_FOUND', 'containerd is not running', {
      object,
      expected: 'a socket that somebody listens on',
      found: `nobody at ${socket}`,
      hint: 'Start it with `systemctl start containerd`, or say where it listens with CONTAINERD_ADDRESS=/PATH.',
      cause: error,
    });
  }
}

async function findImage(
  client: ContainerdClient,
  namespace: string,
  candidates: readonly string[],
  signal?: AbortSignal,
): Promise<Target | null> {
  for (const name of candidates) {
    const target = await client.image(namespace, name, signal);
    if (target !== null) {
      return target;
    }
  }
  return null;
}

/** Most often the image is there, but in the namespace of Kubernetes or Docker. */
async function notFound(
  client: ContainerdClient,
  namespace: string,
  candidates: readonly string[],
  object: string,
  signal?: AbortSignal,
): Promise<OciError> {
  const namespaces = await client.namespaces(NAMESPACES_ASKED, signal);
  const holding: string[] = [];
  for (const other of namespaces) {
    if (other !== namespace && (await findImage(client, other, candidates, signal)) !== null) {
      holding.push(other);
    }
  }
  const [first] = holding;
  const shown = (names: readonly string[]): string => names.map((name) => quote(name)).join(', ');
  return new OciError('IMAGE_NOT_FOUND', 'no such image', {
    object,
    expected: candidates.map((name) => quote(name)).join(' or '),
    found: holding.length > 0 ? `one in namespace ${shown(holding)}` : `none in namespaces ${shown(namespaces)}`,
    hint:
      first === undefined
        ? 'Fetch it with `ctr image pull`, or leave the scheme away to read it from its registry.'
        : `Choose the namespace with CONTAINERD_NAMESPACE=${quote(first).slice(1, -1)}.`,
  });
}
