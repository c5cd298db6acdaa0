import type { Package } from '#model/package.ts';
import type { Report } from '#model/report.ts';
import { columnsOf, fit, fitEnd, pad, visible } from '../text.ts';
import type { Screen } from './screen.ts';
import { layerNumber } from './screen.ts';

/** Every package, by type. */
export function packageLines(report: Report, screen: Screen): readonly string[] {
  const types = new Set(report.packages.map((entry) => entry.type));
  return [...types].flatMap((type, index) => {
    const packages = report.packages.filter((entry) => entry.type === type);
    const heading = `${screen.style.strong(type)}  ${packages.length}`;
    return [...(index === 0 ? [] : ['']), heading, ...typeLines(packages, report, screen)];
  });
}

function typeLines(packages: readonly Package[], report: Report, screen: Screen): readonly string[] {
  const layers = packages.map((entry) => layerNumber(report, entry.layer));
  const layerColumns = widest(layers, 12);
  const room = screen.width - 2 - 2 - 2 - (layerColumns === 0 ? 0 : layerColumns + 2);
  const version = widest(
    packages.map((entry) => visible(entry.version)),
    Math.min(28, Math.floor(room / 3)),
  );
  const name = widest(
    packages.map((entry) => visible(entry.name)),
    Math.floor((room - version) * 0.7),
  );
  return packages.map((entry, index) => {
    const licence = fit(visible(entry.licenses.join(', ')), room - name - version);
    const cells = [
      pad(fitEnd(visible(entry.name), name), name),
      pad(fit(visible(entry.version) || '(none)', version), version),
      ...(layerColumns === 0 ? [] : [pad(layers[index] ?? '', layerColumns)]),
    ];
    return `  ${cells.join('  ')}  ${screen.style.faint(licence)}`.trimEnd();
  });
}

function widest(texts: readonly string[], most: number): number {
  return Math.min(
    most,
    texts.reduce((columns, text) => Math.max(columns, columnsOf(text)), 0),
  );
}
