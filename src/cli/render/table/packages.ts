import type { Package } from '#model/package.ts';
import type { Report } from '#model/report.ts';
import { columnsOf, fit, fitEnd, pad, visible } from '../text.ts';
import type { Screen } from './screen.ts';
import { layerNumber } from './screen.ts';

/** Every package, by type; what is not seen to be installed is apart from what is. */
export function packageLines(report: Report, screen: Screen): readonly string[] {
  const groups = Map.groupBy(report.packages, ({ type, confidence }) =>
    confidence === undefined ? type : `${type}, ${confidence}`,
  );
  return [...groups].flatMap(([title, packages], index) => {
    const heading = `${screen.style.strong(title)}  ${packages.length}`;
    return [...(index === 0 ? [] : ['']), heading, ...typeLines(packages, report, screen)];
  });
}

interface Row {
  readonly name: string;
  readonly version: string;
  readonly layer: string;
  readonly licence: string;
}

/** Columns kept free for the licence, and what a name gets of the rest when name and version do not both fit. */
const LICENCE = 12;
const NAME_SHARE = 0.6;

/** Name, version, layer and licence; the licence gets what is left. */
function typeLines(packages: readonly Package[], report: Report, screen: Screen): readonly string[] {
  const rows = packages.map(
    (entry): Row => ({
      name: visible(entry.name),
      version: visible(entry.version) || '(none)',
      layer: layerNumber(report, entry.layer),
      licence: visible(entry.licenses.join(', ')),
    }),
  );
  const widest = (cell: keyof Row, most: number): number =>
    Math.min(
      most,
      rows.reduce((columns, row) => Math.max(columns, columnsOf(row[cell])), 0),
    );
  const layer = widest('layer', 16);
  const room = screen.width - '  '.length * 3 - (layer === 0 ? 0 : layer + 2);
  const named = room - widest('licence', LICENCE);
  const name = widest('name', Math.max(named - widest('version', named), Math.floor(named * NAME_SHARE)));
  const version = widest('version', named - name);
  return rows.map((row) => {
    const cells = [
      // A module path says most at its end.
      pad(fitEnd(row.name, name), name),
      pad(fit(row.version, version), version),
      ...(layer === 0 ? [] : [pad(row.layer, layer)]),
    ];
    const licence = fit(row.licence, room - name - version);
    return `  ${cells.join('  ')}${licence === '' ? '' : `  ${screen.style.faint(licence)}`}`.trimEnd();
  });
}
