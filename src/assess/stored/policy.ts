/** What policies say of stored images: where they come from, and how long a grace lasts. */
export { graceEnd } from '#lib/policy/index.ts';
export { originOf } from './origin.ts';
