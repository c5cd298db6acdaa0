import type { OsRelease } from '#model/package.ts';
import { linesOf } from '../../text.ts';
import { parseAssignments } from './parse-os-release.ts';
import { rollingName } from './rolling.ts';

/** How distributions begin the line of their release file, in lower case, and the `ID` that their os-release has. */
const NAMES: readonly (readonly [name: string, id: string])[] = [
  ['almalinux', 'almalinux'],
  ['amazon linux', 'amzn'],
  ['anolis os', 'anolis'],
  ['azure linux', 'azurelinux'],
  ['cbl-mariner', 'mariner'],
  ['centos', 'centos'],
  ['cloudlinux', 'cloudlinux'],
  ['euleros', 'euleros'],
  ['fedora', 'fedora'],
  ['gentoo', 'gentoo'],
  ['mageia', 'mageia'],
  ['microsoft azure linux', 'azurelinux'],
  ['openeuler', 'openeuler'],
  ['opensuse', 'opensuse'],
  ['oracle linux', 'ol'],
  ['red hat enterprise linux', 'rhel'],
  ['rocky linux', 'rocky'],
  ['scientific linux', 'scientific'],
  ['suse linux enterprise desktop', 'sled'],
  ['suse linux enterprise server', 'sles'],
  ['virtuozzo', 'virtuozzo'],
  ['vmware photon', 'photon'],
];

/** A file that holds a version of one distribution and nothing else: `3.20.3`. */
export function parseVersionOf(id: string): (text: string) => OsRelease | null {
  return (text) => {
    const version = text.trim();
    return startsWithDigit(version) ? release(id, version) : null;
  };
}

/** `CentOS Linux release 7.9.2009 (Core)`, `VMware Photon OS 3.0`: a name, and the first word that starts with a digit. */
export function parseNameAndVersion(text: string): OsRelease | null {
  const line = firstLine(text);
  const id = idOf(line.toLowerCase());
  return id === undefined
    ? null
    : { ...release(id, line.split(' ').find(startsWithDigit) ?? '', line), prettyName: line };
}

function idOf(name: string): string | undefined {
  return NAMES.find(([known]) => name.startsWith(known))?.[1];
}

/** The line of others, and of SUSE Linux Enterprise the service pack on a line of its own: `11.4` is what os-release says. */
export function parseSuseRelease(text: string): OsRelease | null {
  const os = parseNameAndVersion(text);
  const level = valueOf(text, 'PATCHLEVEL');
  return os?.versionId === undefined || !startsWithDigit(level) || level === '0'
    ? os
    : { ...os, versionId: `${os.versionId}.${level}` };
}

/** `DISTRIB_ID` and what goes with it; a file with `LSB_VERSION` alone names no distribution. */
export function parseLsbRelease(text: string): OsRelease | null {
  const variables = parseAssignments(text);
  const given = (variables.get('DISTRIB_ID') ?? '').toLowerCase();
  if (given === '') {
    return null;
  }
  const id = idOf(given) ?? given;
  const codename = variables.get('DISTRIB_CODENAME') ?? '';
  const description = variables.get('DISTRIB_DESCRIPTION') ?? '';
  const version = variables.get('DISTRIB_RELEASE') ?? '';
  return {
    ...release(id, startsWithDigit(version) ? version : '', description),
    ...(codename === '' ? {} : { versionCodename: codename }),
    ...(description === '' ? {} : { prettyName: description }),
  };
}

/** `12.5` of a release; `trixie/sid` of both testing and unstable, which nothing tells apart. */
export function parseDebianVersion(text: string): OsRelease | null {
  const version = text.trim();
  if (startsWithDigit(version)) {
    return release('debian', version);
  }
  const [codename = '', suffix] = version.split('/', 2);
  return suffix === 'sid' ? { ...release('debian', ''), versionCodename: codename } : null;
}

function release(id: string, versionId: string, words = ''): OsRelease {
  const rolling = rollingName({ id, versionId, words });
  return {
    id,
    ...(versionId === '' ? {} : { versionId }),
    idLike: [],
    ...(rolling === undefined ? {} : { rolling }),
  };
}

function firstLine(text: string): string {
  for (const line of linesOf(text)) {
    if (line.trim() !== '') {
      return line.trim();
    }
  }
  return '';
}

/** The value of `NAME = value`. */
function valueOf(text: string, name: string): string {
  for (const line of linesOf(text)) {
    const equals = line.indexOf('=');
    if (equals !== -1 && line.slice(0, equals).trim() === name) {
      return line.slice(equals + 1).trim();
    }
  }
  return '';
}

function startsWithDigit(word: string): boolean {
  const first = word.charAt(0);
  return first >= '0' && first <= '9';
}
