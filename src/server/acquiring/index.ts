/** Taking images from elsewhere, as a front offers it: by request and by pulling. */
export { type Acquiring, openAcquiring } from './open-acquiring.ts';
