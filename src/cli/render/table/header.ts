import type { Report, ReportSbom } from '#model/report.ts';
import { counted, fit, grouped, visible, wrap } from '../text.ts';
import type { Screen } from './screen.ts';
import { packagesByType } from './screen.ts';

/** With a label of this width a SHA-256 digest fits into 80 columns whole. */
const LABEL = 9;

/** The image, how it was chosen, and what kind of thing is in it. */
export function headerLines(report: Report, screen: Screen): readonly string[] {
  const { image } = report;
  const lines = [screen.style.strong(fit(visible(image.reference), screen.width)), ''];
  const row = (label: string, text: string): void => {
    const [first = '', ...more] = wrap(text, screen.width, ' '.repeat(LABEL));
    lines.push(screen.style.faint(label) + first.slice(label.length), ...more);
  };
  if (report.sbom !== undefined) {
    row('document', documentText(report.sbom));
  }
  if (image.platform !== null) {
    row('platform', platformText(image.platform, image.platforms));
  }
  row('system', systemText(report));
  if (image.digest !== null) {
    row('digest', image.digest);
  }
  if (report.sbom === undefined || image.layers.length > 0) {
    row('layers', layersText(report));
  }
  row('packages', report.packages.length === 0 ? 'none found' : packagesByType(report));
  row('files', filesText(report));
  return lines;
}

function documentText({ format, version, wrapping, image, tools }: ReportSbom): string {
  const about = image === null ? '' : `, about ${visible(image)}`;
  const by = tools.length === 0 ? '' : `, by ${tools.map(visible).join(', ')}`;
  const wrapped =
    wrapping === 'none' ? '' : `, in an ${wrapping === 'dsse-envelope' ? 'envelope' : 'in-toto statement'}`;
  return `${FORMAT_NAMES[format]} ${visible(version)}${about}${by}${wrapped}; nothing of it was verified`;
}

export const FORMAT_NAMES = { cyclonedx: 'CycloneDX', spdx: 'SPDX', syft: 'Syft JSON' } as const;

function platformText(platform: string, offered: readonly string[]): string {
  const others = offered.filter((other) => other !== platform).map(visible);
  return others.length === 0
    ? visible(platform)
    : `${visible(platform)}, chosen from an index that also has ${others.join(', ')}`;
}

function systemText({ os, sbom }: Report): string {
  if (os === null) {
    return sbom === undefined
      ? 'not recognised: no os-release, and none of the files before it'
      : 'not recognised: the document names none, or several';
  }
  const name = visible(os.prettyName ?? os.name ?? '');
  const release = [os.id, os.versionId].filter((part) => part !== undefined && part !== '').join(' ');
  const id = visible([release, os.rolling].filter((part) => part !== undefined && part !== '').join(', '));
  return name === '' ? id : id === '' ? name : `${name} (${id})`;
}

function filesText({ files, executables }: Report): string {
  if (files === null || executables === null) {
    return 'not looked at';
  }
  const { total, owned } = executables;
  const programs =
    total === 0 ? '' : `, ${grouped(total)} can be run, ${grouped(owned)} of these belong to OS packages`;
  return `${counted(files, 'regular file')}${programs}`;
}

function layersText({ image, content }: Report): string {
  const sizes = image.layers.map((layer) => layer.size);
  const known = sizes.filter((size) => size !== null);
  const size = known.length === 0 || known.length < sizes.length ? '' : `, ${megabytes(known)}`;
  const cached = content === 'cached' ? ', not read again: their content was known' : '';
  return `${image.layers.length}${size}${cached}`;
}

function megabytes(sizes: readonly number[]): string {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return `${(total / 1_000_000).toFixed(1)} MB`;
}
