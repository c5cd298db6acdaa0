import { AppError } from '#base/error.ts';

/** What goes wrong between Plimsoll and Docker, podman or containerd on this machine. */
export class DaemonError extends AppError<DaemonCode> {}

export type DaemonCode =
  /** None of the sockets of Docker, podman or containerd is there, or nobody listens on them. */
  | 'DAEMON_NOT_FOUND'
  /** The socket of the daemon is there, but this user may not use it. */
  | 'DAEMON_FORBIDDEN'
  /** The daemon answered that it cannot do what it was asked. */
  | 'DAEMON_REFUSED'
  /** The daemon's answer is not what its API says, or is about another image than the one it named before. */
  | 'DAEMON_ANSWER_INVALID'
  /** Nothing came from the daemon for too long. */
  | 'DAEMON_TIMEOUT'
  /** The connection to the daemon broke before its answer was complete. */
  | 'DAEMON_DISCONNECTED';
