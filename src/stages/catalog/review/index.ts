export { askForReview } from './ask.ts';
export type { JudgeImage } from './context.ts';
export { type Reviewed, reviewDue } from './review-due.ts';
