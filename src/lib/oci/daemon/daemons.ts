import { type AppError, isAppError } from '#base/error.ts';
import { DaemonError } from './error.ts';
import { DAEMON_WAITS, type DaemonApi, type DaemonWaits, getDocument, refused } from './http.ts';

/** A program that speaks Docker's API, in words for messages. */
export interface DaemonKind {
  readonly title: string;
  readonly startHint: string;
  readonly permissionHint: string;
  /** The command that fetches an image. */
  readonly pull: string;
}

export const DOCKER: DaemonKind = {
  title: 'Docker',
  startHint: 'Start it with `systemctl start docker`, or say where it listens with DOCKER_HOST=unix:///PATH.',
  permissionHint: 'Run as root, or as a member of the group that owns the socket (usually docker).',
  pull: 'docker pull',
};

export const PODMAN: DaemonKind = {
  title: 'podman',
  startHint:
    'Start it with `systemctl --user start podman.socket` or `podman system service`, or say where it listens with CONTAINER_HOST=unix:///PATH.',
  permissionHint: 'Run as the user whose podman it is, or as root.',
  pull: 'podman pull',
};

/**
 * The first of the sockets on which such a daemon answers. When none does, `DAEMON_NOT_FOUND` names all of them, unless
 * something else than absence is the matter with one: then its error.
 */
export async function findDaemon(
  kind: DaemonKind,
  sockets: readonly string[],
  signal?: AbortSignal,
  waits: DaemonWaits = DAEMON_WAITS,
): Promise<DaemonApi> {
  let trouble: AppError | null = null;
  for (const socket of sockets) {
    const api = { object: `${kind.title} at ${socket}`, socket, waits };
    try {
      await ping(api, signal);
      return api;
    } catch (error) {
      if (!isAppError(error)) {
        throw error;
      }
      trouble ??= error.code === 'DAEMON_NOT_FOUND' ? null : error;
    }
  }
  if (trouble !== null) {
    throw explain(trouble, kind);
  }
  throw new DaemonError('DAEMON_NOT_FOUND', `${kind.title} is not running`, {
    object: kind.title,
    expected: 'a socket that somebody listens on',
    found: sockets.length === 0 ? 'no socket to try' : `nobody at ${sockets.join(', ')}`,
    hint: kind.startHint,
  });
}

async function ping(api: DaemonApi, signal?: AbortSignal): Promise<void> {
  const answer = await getDocument(api, '/_ping', signal);
  if (answer.status !== 200) {
    throw refused(api, answer);
  }
}

function explain(error: AppError, kind: DaemonKind): AppError {
  if (error.code !== 'DAEMON_FORBIDDEN') {
    return error;
  }
  return new DaemonError('DAEMON_FORBIDDEN', 'no permission', {
    ...(error.object === undefined ? {} : { object: error.object }),
    expected: 'a socket that this user may write to',
    found: error.found ?? 'no permission',
    hint: kind.permissionHint,
    cause: error,
  });
}
