export { schemeFor, versionSchemes } from './list.ts';
export type { Comparison, Order, VersionScheme, VersionSchemeId } from './scheme.ts';
