import { spawnSync } from 'node:child_process';

/** Another program that lists what is in an image. Not part of the project: measured when it is on the PATH. */
export interface Peer {
  readonly name: string;
  /** As it says itself, or what it says instead. */
  readonly version: string;
  readonly args: (layout: string, cache: string) => readonly string[];
  readonly env: (cache: string) => Readonly<Record<string, string>>;
}

const PEERS: readonly Omit<Peer, 'version'>[] = [
  {
    name: 'syft',
    args: (layout) => ['scan', '--quiet', '-o', 'cyclonedx-json', `oci-dir:${layout}`],
    env: (cache) => ({ SYFT_CHECK_FOR_APP_UPDATE: 'false', XDG_CACHE_HOME: cache }),
  },
  {
    // CycloneDX without vulnerabilities needs no database, except for jars, which are left out.
    name: 'trivy',
    args: (layout, cache) => [
      'image',
      '--quiet',
      '--format=cyclonedx',
      '--offline-scan',
      '--skip-db-update',
      '--skip-java-db-update',
      '--skip-files=**/*.jar',
      '--timeout=10m',
      `--cache-dir=${cache}`,
      `--input=${layout}`,
    ],
    env: () => ({ TRIVY_NO_PROGRESS: 'true' }),
  },
];

/** Those that answer when asked for their version. */
export function presentPeers(): readonly Peer[] {
  return PEERS.flatMap((peer) => {
    const { status, stdout } = spawnSync(peer.name, ['--version'], { encoding: 'utf8' });
    return status === 0 ? [{ ...peer, version: stdout.split('\n')[0]?.trim() ?? '' }] : [];
  });
}
