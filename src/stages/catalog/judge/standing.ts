import type { Approval } from '#model/platform/state.ts';

export { isAutomatic, isOwnQuarantine } from '#model/platform/own-state.ts';

/** Whether an approval lets an environment read at this instant. */
export function isStanding({ decision, validUntil }: Approval, now: number): boolean {
  return decision === 'approved' && (validUntil === null || now < validUntil);
}
