/** How long what is in an image is supported. */
export type { Lifecycle } from './lifecycle.ts';
export { endedFrom, lifecycleOf } from './lifecycle.ts';
