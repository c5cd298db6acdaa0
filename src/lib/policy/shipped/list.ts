/** Policies that ship, sorted: each a folder beside this file with `policy.yaml`, and its cases in `policy.test.yaml`. */
export const SHIPPED_POLICIES = [
  'approved-base',
  'approved-registries',
  'current-base',
  'fixable-vulnerabilities',
  'known-exploited',
  'licence-classes',
  'malicious-packages',
  'maximum-age',
  'minimum-release-age',
  'no-unknowns',
  'non-root-user',
  'package-sources',
  'packages-allowed',
  'packages-denied',
  'provenance-level',
  'sbom-matching',
  'signed-by',
  'supported-distribution',
  'tested',
] as const;

/** Environments that ship, from the least to the most strict but for the last: each a file in `environments`, with cases beside it. */
export const SHIPPED_ENVIRONMENTS = ['development', 'staging', 'production', 'internal-only'] as const;
