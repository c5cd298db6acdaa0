import { WORKER } from '#model/platform/access.ts';
import type { Approval, ImageState } from '#model/platform/state.ts';

/** What our own work decides, by the names that it does it under. */
export function isAutomatic(by: string): boolean {
  return by === WORKER.id || by.startsWith('source:');
}

/** Whether an approval lets an environment read at this instant. */
export function isStanding({ decision, validUntil }: Approval, now: number): boolean {
  return decision === 'approved' && (validUntil === null || now < validUntil);
}

/** Everything begins in quarantine when it is pushed; what got there later did by a verdict, or by a person, whose word stands. */
export function isOwnQuarantine({ by, since }: ImageState, pushedAt: number): boolean {
  return isAutomatic(by) || since === pushedAt;
}
