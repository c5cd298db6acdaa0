import type { OsRelease } from '#model/package.ts';
import {
  parseDebianVersion,
  parseLsbRelease,
  parseNameAndVersion,
  parseSuseRelease,
  parseVersionOf,
} from './readers.ts';

/** A file that named the distribution before os-release(5), and often still lies beside it. */
export interface ReleaseFile {
  /** Its name in `/etc`, or in `/usr/lib` where `/etc` has a link. */
  readonly name: string;
  /** Null when the text names no distribution that is known by it. */
  readonly read: (text: string) => OsRelease | null;
  /** True when derivatives keep it as it is: then it names what they derive from, which contradicts nothing. */
  readonly shared?: true;
}

/** Those of one distribution come first: its derivatives have the others too. */
export const RELEASE_FILES: readonly ReleaseFile[] = [
  { name: 'alpine-release', read: parseVersionOf('alpine') },
  { name: 'oracle-release', read: parseNameAndVersion },
  { name: 'rocky-release', read: parseNameAndVersion },
  { name: 'almalinux-release', read: parseNameAndVersion },
  { name: 'openEuler-release', read: parseNameAndVersion },
  { name: 'anolis-release', read: parseNameAndVersion },
  { name: 'mariner-release', read: parseNameAndVersion },
  { name: 'azurelinux-release', read: parseNameAndVersion },
  { name: 'photon-release', read: parseNameAndVersion },
  { name: 'SuSE-release', read: parseSuseRelease },
  { name: 'gentoo-release', read: parseNameAndVersion },
  { name: 'centos-release', read: parseNameAndVersion },
  { name: 'fedora-release', read: parseNameAndVersion },
  { name: 'system-release', read: parseNameAndVersion, shared: true },
  { name: 'redhat-release', read: parseNameAndVersion, shared: true },
  { name: 'arch-release', read: () => ({ id: 'arch', idLike: [], rolling: 'rolling' }), shared: true },
  { name: 'openwrt_release', read: parseLsbRelease },
  { name: 'lsb-release', read: parseLsbRelease, shared: true },
  { name: 'debian_version', read: parseDebianVersion, shared: true },
];
