export { ecosystemsNeeded, type NeededEcosystem } from './ecosystem.ts';
export { type Matched, matchPackages } from './match.ts';
