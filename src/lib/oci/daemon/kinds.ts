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
