/**
 * How package databases spell what SPDX has a name for: the short names of Debian's machine-readable copyright files (1.0, section 7.1),
 * those that Fedora used before it took up SPDX, and classifiers of Python. Lower case; what is not here stays as it is written.
 */
const SPELLINGS: Readonly<Record<string, string>> = {
  'apache 2.0': 'Apache-2.0',
  'apache license 2.0': 'Apache-2.0',
  'apache license, version 2.0': 'Apache-2.0',
  'apache software license': 'Apache-2.0',
  'apache-2': 'Apache-2.0',
  'asl 2.0': 'Apache-2.0',
  artistic: 'Artistic-1.0-Perl',
  'artistic 2.0': 'Artistic-2.0',
  'artistic-1': 'Artistic-1.0',
  boost: 'BSL-1.0',
  bsd: 'BSD-3-Clause',
  'bsd license': 'BSD-3-Clause',
  'bsd-2-clause': 'BSD-2-Clause',
  'bsd-3-clause': 'BSD-3-Clause',
  'bsd-4-clause': 'BSD-4-Clause',
  cc0: 'CC0-1.0',
  expat: 'MIT',
  gpl: 'GPL-1.0-or-later',
  'gpl+': 'GPL-1.0-or-later',
  lgpl: 'LGPL-2.0-or-later',
  'mit license': 'MIT',
  mplv2: 'MPL-2.0',
  'mplv2.0': 'MPL-2.0',
  openldap: 'OLDAP-2.8',
  'public domain': 'CC-PDDC',
  'public-domain': 'CC-PDDC',
  'mit/x': 'MIT',
  'python software foundation license': 'PSF-2.0',
  zlib: 'Zlib',
};

const GNU = /^(?:gnu )?(a?gpl|lgpl|gfdl)(?:v|-| )?([123])(?:\.([01234]))?(\+| or later|-or-later|-only)?$/;

/** As the licences call themselves, and classifiers of Python call them: `GNU Affero General Public License v3 or later (AGPLv3+)`. */
const GNU_IN_FULL =
  /^(?:the )?gnu (affero |lesser |library )?general public licen[cs]e,? (?:v|version )?([123])(?:\.([01234]))?,?( only| or (?:any )?later(?: version)?)?(?: \([al]?gplv[123]\+?\))?$/;
const GNU_FAMILIES: ReadonlyMap<string, string> = new Map([
  ['affero ', 'AGPL'],
  ['lesser ', 'LGPL'],
  ['library ', 'LGPL'],
]);

/** The SPDX identifier of a spelling, or the text as it is. */
export function usualLicense(text: string): string {
  const lower = text.trim().toLowerCase();
  const short = GNU.exec(lower);
  const [, family = '', major = '', minor = '0', later = ''] = short ?? GNU_IN_FULL.exec(lower) ?? [];
  if (major !== '') {
    const kind = later === '' || later.endsWith('only') ? 'only' : 'or-later';
    const name = short === null ? (GNU_FAMILIES.get(family) ?? 'GPL') : family.toUpperCase();
    return `${name}-${major}.${minor}-${kind}`;
  }
  return Object.hasOwn(SPELLINGS, lower) ? (SPELLINGS[lower] ?? text) : text.trim();
}
