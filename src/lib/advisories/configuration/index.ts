/** Where advisories come from: `kind: Advisories`. `docs/guides/advisories.md` is the user's view of it. */
export { type AdvisoriesConfiguration, parseAdvisoriesConfiguration } from './parse.ts';
export { advisoriesDocument } from './schema.ts';
