import type { Severity } from '#model/advisory.ts';
import type { Report } from '#model/report.ts';
import type { Style } from '../style.ts';
import { grouped } from '../text.ts';

/** What every part of the screen is drawn with. */
export interface Screen {
  /** Columns; no line is longer. */
  readonly width: number;
  readonly style: Style;
  /** Milliseconds UTC; only ages depend on it. */
  readonly now: number;
}

/** `unknown` is a rating that nobody has given; beside "NOT KNOWN" the same word would mislead. */
export function severityWord(severity: Severity): string {
  return severity === 'unknown' ? 'unrated' : severity;
}

/** `14 apk, 312 npm of which 300 are only declared`, by type. */
export function packagesByType({ packages }: Report): string {
  return [...Map.groupBy(packages, ({ type }) => type)]
    .map(([type, all]) => {
      const declared = all.filter(({ confidence }) => confidence === 'declared').length;
      const only =
        declared === 0 ? '' : ` of which ${grouped(declared)} ${declared === 1 ? 'is' : 'are'} only declared`;
      return `${grouped(all.length)} ${type}${only}`;
    })
    .join(', ');
}

/** `layer 2/5`, counted from 1; empty where the image has only one layer or the layer is not its own. */
export function layerNumber(report: Report, diffId: string | null): string {
  const { layers } = report.image;
  const layer = diffId === null ? undefined : layers.find((candidate) => candidate.diffId === diffId);
  return layer === undefined || layers.length < 2 ? '' : `layer ${layer.index + 1}/${layers.length}`;
}

/** `today`, `12 days ago`, `8 months ago`, `6 years ago`; an instant after `now` says so. */
export function ago(instant: string, now: number): string {
  const days = Math.floor((now - Date.parse(instant)) / 86_400_000);
  if (Number.isNaN(days)) {
    return 'at an unreadable time';
  }
  if (days < 0) {
    return 'after the present time of this machine';
  }
  if (days < 1) {
    return 'today';
  }
  if (days < 60) {
    return days === 1 ? 'yesterday' : `${days} days ago`;
  }
  return days < 730 ? `${Math.floor(days / 30.44)} months ago` : `${Math.floor(days / 365.25)} years ago`;
}
