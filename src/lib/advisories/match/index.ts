export { ecosystemsNeeded } from './ecosystem.ts';
export { matchPackages } from './match.ts';
