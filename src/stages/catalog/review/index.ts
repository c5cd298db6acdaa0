export { askForReview } from './ask.ts';
export type { ImageToJudge, JudgeImage, ReviewContext } from './context.ts';
export { type Reviewed, type ReviewOptions, reviewDue } from './review-due.ts';
