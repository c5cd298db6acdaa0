/** A program that speaks Docker's API, in words for messages. */
export interface DaemonKind {
  readonly title: string;
  /** What starts it, in words. */
  readonly start: string;
  /** The environment variable that says where it listens. */
  readonly address: string;
  readonly permissionHint: string;
  /** The command that fetches an image. */
  readonly pull: string;
}

export const DOCKER: DaemonKind = {
  title: 'Docker',
  start: '`systemctl start docker`',
  address: 'DOCKER_HOST',
  permissionHint: 'Run as root, or as a member of the group that owns the socket (usually docker).',
  pull: 'docker pull',
};

export const PODMAN: DaemonKind = {
  title: 'podman',
  start: '`systemctl --user start podman.socket` or `podman system service`',
  address: 'CONTAINER_HOST',
  permissionHint: 'Run as the user whose podman it is, or as root.',
  pull: 'podman pull',
};
