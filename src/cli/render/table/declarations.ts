import { isSbomMismatch, type SbomDifference, type SbomMismatch } from '#model/finding.ts';
import type { Declaration, Report } from '#model/report.ts';
import { counted, fit, fitEnd, grouped, pad, visible, wrap } from '../text.ts';
import { FORMAT_NAMES } from './header.ts';
import type { Screen } from './screen.ts';

/** Per document; the rest is counted, and in the other formats. */
const SHOWN = 20;
/** Documents that agree are counted, but for a few. */
const AGREEING = 5;

const WORDS: Readonly<Record<SbomDifference, string>> = {
  absent: 'not there',
  undeclared: 'undeclared',
  version: 'version',
  hash: 'content',
};
const WORD = 10;

/** The SBOM documents of the image, each with what is otherwise in it. */
export function declarationLines(report: Report, screen: Screen): readonly string[] {
  const { declarations = [] } = report;
  if (declarations.length === 0) {
    return [];
  }
  const mismatches = Map.groupBy(report.findings.filter(isSbomMismatch), ({ document }) => document);
  const all = declarations.map((declaration, index) => ({ declaration, differing: mismatches.get(index) ?? [] }));
  const agreeing = all.filter(({ declaration }) => declaration.mismatches === 0);
  const left = agreeing.length - AGREEING;
  return [
    heading(declarations, screen),
    ...all
      .filter(({ declaration }) => declaration.mismatches > 0)
      .flatMap(({ declaration, differing }) => documentLines(declaration, differing, screen)),
    ...agreeing.slice(0, AGREEING).flatMap(({ declaration }) => documentLines(declaration, [], screen)),
    ...(left > 0 ? [`  and ${counted(left, 'more document')} without a mismatch`] : []),
  ];
}

function heading(declarations: readonly Declaration[], { style, width }: Screen): string {
  const total = declarations.reduce((sum, { mismatches }) => sum + mismatches, 0);
  const what = counted(declarations.length, 'SBOM document');
  const text = `DECLARED by ${what}: ${total === 0 ? 'nothing else is in the image' : counted(total, 'SBOM mismatch', 'SBOM mismatches')}`;
  return total === 0 ? style.strong(fit(text, width)) : style.alarm(fit(text, width));
}

function documentLines(
  declaration: Declaration,
  differing: readonly SbomMismatch[],
  { style, width }: Screen,
): readonly string[] {
  const { mismatches } = declaration;
  const [first = '', ...more] = wrap(documentText(declaration), width, '  ');
  const lines = [mismatches === 0 ? first : style.strong(first), ...more];
  if (declaration.path === null) {
    lines.push(style.faint(fit(`    ${declaration.blob ?? ''}`, width)));
  }
  for (const mismatch of differing.slice(0, SHOWN)) {
    const word = pad(WORDS[mismatch.difference], WORD);
    lines.push(`    ${word}  ${rowText(mismatch, width - WORD - 6)}`);
  }
  const left = mismatches - Math.min(differing.length, SHOWN);
  return left > 0 ? [...lines, `    and ${grouped(left)} more`] : lines;
}

function documentText(declaration: Declaration): string {
  const { document, path, trusted, scope, compared, comparedFiles } = declaration;
  const place = path === null ? 'attestation' : `in ${visible(path)}`;
  const voucher = path !== null ? 'vouched for by nobody' : trusted ? 'trusted' : 'not trusted';
  const files = comparedFiles === 0 ? '' : ` and ${counted(comparedFiles, 'file')}`;
  const about = { image: '', index: ', of all platforms', part: ', of a part', build: ', of the build' }[scope];
  const what = `${FORMAT_NAMES[document.format]} ${visible(document.version)}`;
  return `${what} ${place}, ${voucher}${about}; ${counted(compared, 'package')}${files} compared`;
}

function rowText(
  { package: { name, version, purl }, declared, found, difference }: SbomMismatch,
  width: number,
): string {
  const what = visible(name);
  switch (difference) {
    case 'absent':
    case 'undeclared':
      return purl === '' ? fitEnd(what, width) : fit(`${what} ${visible(version)}`.trim(), width);
    case 'version':
      return fit(`${what} ${visible(found ?? '')}, declared ${visible(declared ?? '')}`, width);
    case 'hash':
      return fitEnd(what, width);
  }
}
