import type { Report } from '#model/report.ts';
import type { SbomOptions } from './formats/format.ts';
import { type SbomName, sbomWriters } from './formats/list.ts';

interface WriteSbomOptions extends SbomOptions {
  readonly format: SbomName;
}

/**
 * What is in an image as a document for other tools, with a final line feed. Unknowns of the report are in it. The same
 * report, format and time give the same bytes.
 */
export function writeSbom(report: Report, { format, now }: WriteSbomOptions): string {
  return sbomWriters[format].write(report, { now });
}
