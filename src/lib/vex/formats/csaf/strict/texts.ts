import { RE2JS } from 're2js';

/** Longer ones are no identifiers of anything, and the time to compare them with a pattern counts. */
const MAX_CHARS = 8192;

const LANGUAGE =
  '(?:(?:[A-Za-z]{2,3}(?:-[A-Za-z]{3}(?:-[A-Za-z]{3}){0,2})?|[A-Za-z]{4,8})(?:-[A-Za-z]{4})?(?:-(?:[A-Za-z]{2}|[0-9]{3}))?(?:-(?:[A-Za-z0-9]{5,8}|[0-9][A-Za-z0-9]{3}))*(?:-[A-WY-Za-wy-z0-9](?:-[A-Za-z0-9]{2,8})+)*(?:-[Xx](?:-[A-Za-z0-9]{1,8})+)?|[Xx](?:-[A-Za-z0-9]{1,8})+|[Ii]-(?:[Dd][Ee][Ff][Aa][Uu][Ll][Tt]|[Mm][Ii][Nn][Gg][Oo]))';

const PRERELEASE = '(?:0|[1-9][0-9]*|[0-9]*[a-zA-Z-][0-9a-zA-Z-]*)';
const SEMANTIC = `(?:0|[1-9][0-9]*)(?:\\.(?:0|[1-9][0-9]*)){2}(?:-${PRERELEASE}(?:\\.${PRERELEASE})*)?(?:\\+[0-9a-zA-Z-]+(?:\\.[0-9a-zA-Z-]+)*)?`;

const CPE_PART =
  '(?:(?:\\?*|\\*?)(?:[a-zA-Z0-9\\-._]|\\\\[\\\\*?!"#$%&\'()+,/:;<=>@\\[\\]^`{|}~])+(?:\\?*|\\*?)|[*\\-])';
const CPE_23 = `cpe:2\\.3:[aho*\\-](?::${CPE_PART}){5}:(?:[a-zA-Z]{2,3}(?:-(?:[a-zA-Z]{2}|[0-9]{3}))?|[*\\-])(?::${CPE_PART}){4}`;
const CPE_22 = 'c[pP][eE]:/[AHOaho]?(?::[A-Za-z0-9._\\-~%]*){0,6}';

const CVSS_2 =
  '(?:AV:[NAL]|AC:[LMH]|Au:[MSN]|[CIA]:[NPC]|E:(?:U|POC|F|H|ND)|RL:(?:OF|TF|W|U|ND)|RC:(?:UC|UR|C|ND)|CDP:(?:N|L|LM|MH|H|ND)|TD:(?:N|L|M|H|ND)|[CIA]R:(?:L|M|H|ND))';
const CVSS_3 =
  '(?:AV:[NALP]|AC:[LH]|PR:[NLH]|UI:[NR]|S:[UC]|[CIA]:[NLH]|E:[XUPFH]|RL:[XOTWU]|RC:[XURC]|[CIA]R:[XLMH]|MAV:[XNALP]|MAC:[XLH]|MPR:[XNLH]|MUI:[XNR]|MS:[XUC]|M[CIA]:[XNLH])';
const CVSS_4 =
  '/AV:[NALP]/AC:[LH]/AT:[NP]/PR:[NLH]/UI:[NPA](?:/[VS][CIA]:[HLN]){6}(?:/E:[XAPU])?(?:/CR:[XHML])?(?:/IR:[XHML])?(?:/AR:[XHML])?(?:/MAV:[XNALP])?(?:/MAC:[XLH])?(?:/MAT:[XNP])?(?:/MPR:[XNLH])?(?:/MUI:[XNPA])?(?:/MVC:[XNLH])?(?:/MVI:[XNLH])?(?:/MVA:[XNLH])?(?:/MSC:[XNLH])?(?:/MSI:[XNLHS])?(?:/MSA:[XNLHS])?(?:/S:[XNP])?(?:/AU:[XNY])?(?:/R:[XAUI])?(?:/V:[XDC])?(?:/RE:[XLMH])?(?:/U:(?:X|Clear|Green|Amber|Red))?';

/**
 * The texts that the schemas of CSAF and CVSS prescribe, as languages of RE2: the published patterns take exponential time
 * elsewhere. All of a text has to be of the language.
 */
const LANGUAGES = {
  language: LANGUAGE,
  version: `(?:0|[1-9][0-9]*|${SEMANTIC})`,
  // The pattern of 2.0 closes only one side of each half: a name may go on behind the one form and begin before the other.
  'cpe of 2.0': `(?:${CPE_23}(?s:.*)|(?s:.*)${CPE_22})`,
  'cpe of 2.1': `(?:${CPE_23}|${CPE_22})`,
  'purl of 2.0': 'pkg:[A-Za-z.\\-+][A-Za-z0-9.\\-+]*/[^\\n\\r](?s:.*)',
  'purl of 2.1': 'pkg:[a-z][a-z0-9.\\-]*/[^\\n\\r](?s:.*)',
  cve: 'CVE-[0-9]{4}-[0-9]{4,}',
  cwe: 'CWE-[1-9][0-9]{0,5}',
  'version of CWE': '[1-9][0-9]*\\.(?:[0-9]|[1-9][0-9]+)(?:\\.[0-9]+)?',
  'share of one': '(?:0\\.[0-9]+|1\\.0+)',
  'name of a hash': '[0-9a-z][0-9a-z-]*',
  'hash of 2.0': '[0-9a-fA-F]{32,}',
  'hash of 2.1': '[0-9a-f]{32,}',
  uuid: '(?:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|0{8}-(?:0{4}-){3}0{12}|f{8}-(?:f{4}-){3}f{12})',
  'CVSS 2 vector': `(?:${CVSS_2}/)*${CVSS_2}`,
  'CVSS 3.0 vector': `CVSS:3\\.0/(?:${CVSS_3}/)*${CVSS_3}`,
  'CVSS 3.1 vector': `CVSS:3\\.1/(?:${CVSS_3}/)*${CVSS_3}`,
  'CVSS 4.0 vector': `CVSS:4\\.0${CVSS_4}`,
} as const;

export type TextKind = keyof typeof LANGUAGES;

/** A test for texts of a kind; compiled once, when a schema is made. */
export function textTest(kind: TextKind): (text: string) => boolean {
  const pattern = RE2JS.compile(LANGUAGES[kind]);
  return (text) => text.length <= MAX_CHARS && pattern.matches(text);
}

/** One line that neither begins nor ends with a blank, or with any of `-_.` where `marks` is set. */
export function isTrimmedLine(text: string, marks: boolean): boolean {
  const edge = marks ? /^[\s\-_.]$/u : /^\s$/u;
  const [first] = text;
  const last = text.at(-1);
  return (
    first !== undefined &&
    last !== undefined &&
    !edge.test(first) &&
    !edge.test(last) &&
    !/[\n\r\u2028\u2029]/.test(text)
  );
}
