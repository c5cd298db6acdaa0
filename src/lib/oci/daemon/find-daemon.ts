import { type AppError, isAppError } from '#base/error.ts';
import { DaemonError } from './error.ts';
import { DAEMON_WAITS, type DaemonApi, type DaemonWaits, getDocument, refused } from './http.ts';
import type { DaemonKind } from './kinds.ts';

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
    const api = { kind, object: `${kind.title} at ${socket}`, socket, waits };
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
    throw trouble;
  }
  const address = `${kind.address}=unix:///PATH`;
  if (sockets.length === 0) {
    throw new DaemonError('DAEMON_NOT_FOUND', 'only a daemon of this machine can be asked', {
      object: kind.title,
      expected: 'a unix socket',
      found: `none in ${kind.address}`,
      hint: `Say where it listens on this machine with ${address}, or leave the scheme away to read the image from its registry.`,
    });
  }
  throw new DaemonError('DAEMON_NOT_FOUND', `${kind.title} is not running`, {
    object: kind.title,
    expected: 'a socket that somebody listens on',
    found: `nobody at ${sockets.join(', ')}`,
    hint: `Start it with ${kind.start}, or say where it listens with ${address}.`,
  });
}

async function ping(api: DaemonApi, signal?: AbortSignal): Promise<void> {
  const answer = await getDocument(api, '/_ping', signal);
  if (answer.status !== 200) {
    throw refused(api, answer);
  }
}
