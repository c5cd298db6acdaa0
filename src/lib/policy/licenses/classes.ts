import type { LicenseClass } from '#model/facts.ts';

/**
 * Licences of the SPDX list by how far they reach. Put together by hand: permissive ones after the Blue Oak Council's list, the others
 * after what the Free Software Foundation, the Open Source Initiative and the licence texts say of themselves. What is not here is `unknown`:
 * nobody has said that it is harmless. A name ending in `*` stands for all that begin so.
 */
const BY_CLASS: Readonly<Record<Exclude<LicenseClass, 'unknown'>, string>> = {
  'public-domain': 'CC0-1.0 CC-PDDC CC-PDM-1.0 Unlicense PDDL-1.0 SAX-PD* blessing libselinux-1.0 NIST-PD* ANTLR-PD*',
  permissive: `0BSD AAL AFL-* Apache-* Artistic-2.0 BlueOak-1.0.0 Boehm-GC* BSD-1-Clause BSD-2-Clause BSD-2-Clause-*
    BSD-3-Clause BSD-3-Clause-* BSD-4-Clause* BSD-4.3* BSD-Source-Code BSL-1.0 bzip2-1.0.* CC-BY-1.0 CC-BY-2.* CC-BY-3.0* CC-BY-4.0
    CDLA-Permissive-* CERN-OHL-P-2.0 CMU-Mach* CNRI-* curl ECL-2.0 EFL-2.0 FSFAP* FSFUL* FTL GD HPND* ICU IJG* Info-ZIP Intel ISC*
    JasPer-2.0 JSON Latex2e libpng* libtiff Libpng MIT MIT-* MIT-0 MirOS MS-PL MulanPSL-* NAIST-2003 NCSA Net-SNMP NTP* OFL-* OLDAP-2.*
    OpenSSL* PHP-3.0* PostgreSQL PSF-2.0 Python-2.0* Ruby Sendmail SGI-B-2.0 SSH-* SSLeay* SunPro TCL TCP-wrappers
    Unicode-* UPL-1.0 Vim W3C* WTFPL X11* Xnet XFree86-1.1 Zlib zlib-acknowledgement ZPL-2.*`,
  'weak-copyleft': `Artistic-1.0* APSL-* CDDL-* CECILL-C CERN-OHL-W-2.0 CPL-1.0 EPL-* ErlPL-1.1 IPL-1.0 LGPL-* LGPLLR LPL-* MPL-* MS-RL
    NPL-* OSET-PL-2.1 SPL-1.0 Sleepycat wxWindows Nokia QPL-1.0* EUPL-1.0 EUPL-1.1 ODbL-1.0 CDLA-Sharing-1.0`,
  copyleft: `GPL-* CC-BY-SA-* CECILL-1.* CECILL-2.* CERN-OHL-S-2.0 FreeImage GFDL-* copyleft-next-* LAL-* OFFIS NGPL RPSL-1.0 YPL-*`,
  'network-copyleft': 'AGPL-* SSPL-1.0 EUPL-1.2 OSL-* RPL-* CAL-1.0* CPAL-1.0 Watcom-1.0 Parity-*',
  'non-commercial': `CC-BY-NC-* PolyForm-Noncommercial-1.0.0 PolyForm-Small-Business-1.0.0 Aladdin Prosperity* NCGL-UK-2.0 JPL-image
    Hippocratic-2.1 Glide`,
  proprietary: 'BUSL-1.1 Elastic-2.0 FSL-* CC-BY-ND-* UnRAR InnoSetup',
};

/** Exceptions that let other code be linked with what they are of. */
const LINKING_EXCEPTIONS =
  /^(?:Classpath|GCC|LLVM|Linux-syscall|OpenJDK|Autoconf|Bison|Font|eCos|Libtool|u-boot|WxWindows)/i;

interface Rule {
  readonly name: string;
  readonly prefix: boolean;
  readonly class: LicenseClass;
}

const RULES: readonly Rule[] = Object.entries(BY_CLASS).flatMap(([ofClass, names]) =>
  names
    .trim()
    .split(/\s+/)
    .map((text) => ({
      name: text.replace('*', '').toLowerCase(),
      prefix: text.endsWith('*'),
      class: ofClass as LicenseClass,
    })),
);

const EXACT: ReadonlyMap<string, LicenseClass> = new Map(
  RULES.filter(({ prefix }) => !prefix).map((rule) => [rule.name, rule.class]),
);

/** The longest first: `CC-BY-NC-` before anything shorter. */
const PREFIXES: readonly Rule[] = RULES.filter(({ prefix }) => prefix).toSorted(
  (a, b) => b.name.length - a.name.length,
);

/** Of one licence, with its exception behind `WITH`; letter case does not count. */
export function licenseClass(id: string): LicenseClass {
  const [license = '', exception] = id.split(/ with /i);
  const name = license.trim().toLowerCase().replace(/\+$/, '');
  if (!/^[a-z0-9.-]+$/.test(name)) {
    return 'unknown';
  }
  const found = EXACT.get(name) ?? PREFIXES.find((rule) => name.startsWith(rule.name))?.class ?? 'unknown';
  return found === 'copyleft' && LINKING_EXCEPTIONS.test(exception?.trim() ?? '') ? 'weak-copyleft' : found;
}

/** From what asks for nothing to what nobody has looked at. */
const REACH: readonly LicenseClass[] = [
  'public-domain',
  'permissive',
  'weak-copyleft',
  'copyleft',
  'network-copyleft',
  'non-commercial',
  'proprietary',
  'unknown',
];

export function reachOf(ofClass: LicenseClass): number {
  return REACH.indexOf(ofClass);
}
