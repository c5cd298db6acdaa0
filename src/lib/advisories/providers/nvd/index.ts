import type { AdvisoryProvider } from '../provider.ts';

/**
 * The National Vulnerability Database: how bad every CVE is, and which products it is in, by CPE. A file for each year, and
 * one with all that changed in the last eight days; beside each a small one with its checksum.
 */
export const nvd: AdvisoryProvider = {
  id: 'nvd',
  capabilities: {
    home: 'https://nvd.nist.gov/feeds/json/cve/2.0',
    gives: ['advisories'],
    incremental: true,
    verified: 'checksum',
  },
  shardFor: (needed) => (needed === 'NVD' ? 'NVD' : null),
  refresh: async (_shard, request) => {
    const { refresh } = await import('./refresh.ts');
    return await refresh(request);
  },
};
