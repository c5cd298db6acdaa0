/** Judging: what the policies of all environments say of a stored image, and what comes of it. */
export { type Attested, attestImage, attestStatement } from './attest-image.ts';
export type { DecidingPolicies, ImageToJudge, JudgeContext, JudgedImage } from './context.ts';
export { judgeImage } from './judge-image.ts';
export { judgeTogether } from './judge-together.ts';
