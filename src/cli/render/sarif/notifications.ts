import type { Unknown } from '#model/unknown.ts';
import { physicalLocation } from './locations.ts';
import { messageText } from './message.ts';
import { UNKNOWN_TITLES, unknownRuleId } from './rules.ts';

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

/** What the notifications refer to. */
export function notificationDescriptors(unknowns: readonly Unknown[]): readonly Notification[] {
  const kinds = new Set(unknowns.map((unknown) => unknown.kind));
  return [...kinds].map((kind) => ({ id: unknownRuleId(kind), shortDescription: { text: UNKNOWN_TITLES[kind] } }));
}
