/**
 * Debian's releases by codename, with the number that os-release has in VERSION_ID. `sid` is none: what is in it is
 * compared with the others. A codename that is not here yet has no rows, and an image of it is told so.
 */
export const RELEASES: ReadonlyMap<string, string> = new Map([
  ['wheezy', 'Debian:7'],
  ['jessie', 'Debian:8'],
  ['stretch', 'Debian:9'],
  ['buster', 'Debian:10'],
  ['bullseye', 'Debian:11'],
  ['bookworm', 'Debian:12'],
  ['trixie', 'Debian:13'],
  ['forky', 'Debian:14'],
  ['duke', 'Debian:15'],
]);

export const UNSTABLE = 'sid';
