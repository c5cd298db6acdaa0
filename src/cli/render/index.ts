import { AppError } from '#base/error.ts';
import type { Report } from '#model/report.ts';
import type { Style } from './style.ts';

export type RenderCode =
  /** The format holds one image, and several platforms were asked for. */
  'FORMAT_HOLDS_ONE_IMAGE';

export class RenderError extends AppError<RenderCode> {}

/** What `-o` takes. */
export const FORMATS = ['table', 'json', 'sarif', 'cyclonedx'] as const;
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

/** At least one report, all of one index. */
type Renderer = (reports: readonly [Report, ...Report[]], options: RenderOptions) => Promise<string>;

/** One entry per format, loaded when it is asked for. */
export const renderers: Readonly<Record<Format, Renderer>> = {
  table: async (reports, options) => {
    const { renderTable } = await import('./table/index.ts');
    return reports.map((report) => renderTable(report, options)).join(rule(options));
  },
  json: async (reports, { list }) => {
    const { renderJson, renderJsonList } = await import('./json.ts');
    return list ? renderJsonList(reports) : renderJson(reports[0]);
  },
  sarif: async (reports) => (await import('./sarif/index.ts')).renderSarif(reports),
  cyclonedx: async (reports, options) => {
    if (reports.length > 1) {
      throw new RenderError('FORMAT_HOLDS_ONE_IMAGE', 'one document cannot describe several images', {
        object: 'cyclonedx',
        expected: 'one platform',
        found: reports.map((report) => report.image.platform ?? 'an image without one').join(', '),
        hint: 'Choose one with --platform OS/ARCH.',
      });
    }
    const { writeSbom } = await import('#lib/sbom/index.ts');
    return writeSbom(reports[0], { format: 'cyclonedx', now: options.now });
  },
};

/** The text for one `-o`; throws `FORMAT_HOLDS_ONE_IMAGE`. */
export async function render(format: Format, reports: readonly Report[], options: RenderOptions): Promise<string> {
  const [first, ...more] = reports;
  return first === undefined ? '' : await renderers[format]([first, ...more], options);
}

function rule(options: RenderOptions): string {
  return `\n${options.style.faint('─'.repeat(options.width))}\n\n`;
}

export type { Style } from './style.ts';
export { createStyle } from './style.ts';
export { severityWord } from './table/screen.ts';
