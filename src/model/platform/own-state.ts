import { WORKER } from './access.ts';
import type { ImageState } from './state.ts';

/** What our own work decides, by the names that it does it under. */
export function isAutomatic(by: string): boolean {
  return by === WORKER.id || by.startsWith('source:');
}

/** Everything begins in quarantine when it is pushed; what got there later did by a verdict, or by a person, whose word stands. */
export function isOwnQuarantine({ by, since }: ImageState, pushedAt: number): boolean {
  return isAutomatic(by) || since === pushedAt;
}
