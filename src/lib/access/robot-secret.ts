import { hash, timingSafeEqual } from 'node:crypto';
import type { RandomBytes } from '#base/uuid.ts';

/** So that tools which look for secrets know one of ours. */
const PREFIX = 'plm_';
const SECRET_BYTES = 32;
const STORED_PREFIX = 'sha256:';

/** A new secret: 256 bits, so that it needs no slow hash. Shown once. */
export function createRobotSecret(random: RandomBytes): string {
  return `${PREFIX}${Buffer.from(random(SECRET_BYTES)).toString('base64url')}`;
}

/** What is stored of a secret. */
export function hashRobotSecret(secret: string): string {
  return `${STORED_PREFIX}${hash('sha256', secret, 'hex')}`;
}

/** Whether a secret is the stored one. Takes the same time for all that are not. */
export function verifyRobotSecret(secret: string, stored: string): boolean {
  const found = Buffer.from(hashRobotSecret(secret));
  const expected = Buffer.from(stored);
  return found.length === expected.length && timingSafeEqual(found, expected);
}

/** True for what can only be the secret of a robot. */
export function isRobotSecret(text: string): boolean {
  return text.startsWith(PREFIX);
}
