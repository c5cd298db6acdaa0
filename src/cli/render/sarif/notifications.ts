import type { Covered } from '#model/report.ts';
import type { Unknown } from '#model/unknown.ts';
import { physicalLocation } from './locations.ts';
import { messageText } from './message.ts';
import { UNKNOWN_TITLES, unknownRuleId } from './rules.ts';

/** Packages that are named. */
const MAX_NAMED = 20;

type Notification = Readonly<Record<string, unknown>>;

/** SARIF 2.1.0, 3.58. `warning`: what was found stands, and there may be more. */
export function toNotification(unknown: Unknown): Notification {
  return {
    level: 'warning',
    descriptor: { id: unknownRuleId(unknown.kind) },
    message: { text: messageText(unknown.reason) || UNKNOWN_TITLES[unknown.kind] },
    ...(unknown.path === null ? {} : { locations: [{ physicalLocation: physicalLocation(unknown.path) }] }),
    properties: { analyser: unknown.analyser, layer: unknown.layer },
  };
}

/**
 * That something does not count since OS packages cover it. Not a suppressed result: viewers that do not know suppressions
 * would show it as open.
 */
export function coveredNotifications({ findings, unknowns }: Covered): readonly Notification[] {
  const packages = new Set(findings.map((finding) => finding.package.purl));
  const named = [...packages].slice(0, MAX_NAMED).join(', ');
  const more = packages.size > MAX_NAMED ? ` and ${packages.size - MAX_NAMED} more` : '';
  const parts = [
    ...(findings.length === 0
      ? []
      : [`${findings.length === 1 ? '1 vulnerability' : `${findings.length} vulnerabilities`} (of ${named}${more})`]),
    ...(unknowns.length === 0
      ? []
      : [unknowns.length === 1 ? '1 thing not known' : `${unknowns.length} things not known`]),
  ];
  const text = `${parts.join(' and ')} of files that belong to OS packages do not count: the advisories of the distribution speak for them. Where these list only what is repaired, they may still be open.`;
  return parts.length === 0 ? [] : [{ level: 'note', message: { text: messageText(text) } }];
}

/** What the notifications refer to. */
export function notificationDescriptors(unknowns: readonly Unknown[]): readonly Notification[] {
  const kinds = new Set(unknowns.map((unknown) => unknown.kind));
  return [...kinds].map((kind) => ({ id: unknownRuleId(kind), shortDescription: { text: UNKNOWN_TITLES[kind] } }));
}
