import { AppError } from '#base/error.ts';
import type { SbomName } from '#lib/sbom/index.ts';
import type { Report } from '#model/report.ts';
import type { Style } from './style.ts';

export type RenderCode =
  /** The format holds one image, and several platforms were asked for. */
  'FORMAT_HOLDS_ONE_IMAGE';

export class RenderError extends AppError<RenderCode> {}

/** What `writeSbom` knows, spelled out: help must not load what writes documents. */
export const SBOM_FORMATS = [
  'cyclonedx',
  'cyclonedx@1.5',
  'cyclonedx@1.6',
  'cyclonedx@1.7',
  'spdx',
  'spdx@2.3',
  'spdx@3.0',
] as const satisfies readonly SbomName[];

/** What `-o` takes. */
export const FORMATS = ['table', 'json', 'sarif', ...SBOM_FORMATS] as const;
export type Format = (typeof FORMATS)[number];

export interface RenderOptions {
  /** Columns of the terminal, for `table`. */
  readonly width: number;
  readonly style: Style;
  /** Milliseconds UTC, for ages and for the time stamp of an SBOM. */
  readonly now: number;
  /** Several platforms were asked for: JSON is a list, however many there are. */
  readonly list: boolean;
}

/** At least one, all of one index. */
type Reports = readonly [Report, ...Report[]];
type Renderer = (reports: Reports, options: RenderOptions) => Promise<string>;

/** One entry per format that is no SBOM document, loaded when it is asked for. */
const renderers: Readonly<Record<Exclude<Format, SbomName>, Renderer>> = {
  table: async (reports, options) => {
    const { renderTable } = await import('./table/index.ts');
    return reports.map((report) => renderTable(report, options)).join(rule(options));
  },
  json: async (reports, { list }) => {
    const { renderJson, renderJsonList } = await import('./json.ts');
    return list ? renderJsonList(reports) : renderJson(reports[0]);
  },
  sarif: async (reports) => (await import('./sarif/index.ts')).renderSarif(reports),
};

/** The text for one `-o`; throws `FORMAT_HOLDS_ONE_IMAGE`. */
export async function render(format: Format, reports: readonly Report[], options: RenderOptions): Promise<string> {
  const [first, ...more] = reports;
  if (first === undefined) {
    return '';
  }
  return await (isSbom(format)
    ? renderSbom(format, [first, ...more], options)
    : renderers[format]([first, ...more], options));
}

function isSbom(format: Format): format is SbomName {
  return SBOM_FORMATS.some((name) => name === format);
}

async function renderSbom(format: SbomName, [report, ...more]: Reports, { now }: RenderOptions): Promise<string> {
  if (more.length > 0) {
    throw new RenderError('FORMAT_HOLDS_ONE_IMAGE', 'one document cannot describe several images', {
      object: format,
      expected: 'one platform',
      found: [report, ...more].map(({ image }) => image.platform ?? 'an image without one').join(', '),
      hint: 'Choose one with --platform OS/ARCH.',
    });
  }
  const { writeSbom } = await import('#lib/sbom/index.ts');
  return writeSbom(report, { format, now });
}

function rule(options: RenderOptions): string {
  return `\n${options.style.faint('─'.repeat(options.width))}\n\n`;
}

export type { Style } from './style.ts';
export { createStyle } from './style.ts';
export { severityWord } from './table/screen.ts';
