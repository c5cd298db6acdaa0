import type { AdvisoryProvider } from '../provider.ts';

/** FIRST's Exploit Prediction Scoring System: a compressed table of some 300,000 rows, new every day. */
export const epss: AdvisoryProvider = {
  id: 'epss',
  capabilities: {
    home: 'https://epss.empiricalsecurity.com',
    gives: ['signals'],
    incremental: false,
    verified: 'nothing',
  },
  shardFor: (needed) => (needed === 'EPSS' ? 'EPSS' : null),
  refresh: async (_shard, request) => {
    const { refresh } = await import('./read.ts');
    return await refresh(request);
  },
};
