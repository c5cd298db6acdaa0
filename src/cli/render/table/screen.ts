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

/** `14 apk, 312 golang`, by type. */
export function packagesByType(report: Report): string {
  const counts = new Map<string, number>();
  for (const { type } of report.packages) {
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return [...counts].map(([type, count]) => `${grouped(count)} ${type}`).join(', ');
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
