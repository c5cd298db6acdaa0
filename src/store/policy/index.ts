/** Verdicts by policy at rest, with everything that they are made of. */
export { PolicyStore } from './store.ts';
