import type { AdvisoryProvider } from '../provider.ts';

/** CISA's catalogue of vulnerabilities that somebody has seen exploited: one JSON document of about 1.5 MB. */
export const kev: AdvisoryProvider = {
  id: 'kev',
  capabilities: {
    home: 'https://www.cisa.gov/sites/default/files/feeds',
    gives: ['signals'],
    incremental: false,
    verified: 'nothing',
  },
  shardFor: (needed) => (needed === 'KEV' ? 'KEV' : null),
  refresh: async (_shard, request) => {
    const { refresh } = await import('./read.ts');
    return await refresh(request);
  },
};
