import type { AdvisoryProvider } from '../provider.ts';

/** endoflife.date: how long releases of distributions and programs are supported, all of it in one JSON document (API v1). */
export const endoflifeDate: AdvisoryProvider = {
  id: 'endoflife-date',
  capabilities: {
    home: 'https://endoflife.date/api/v1',
    gives: ['lifecycle'],
    incremental: false,
    verified: 'nothing',
  },
  shardFor: (needed) => (needed === 'Lifecycle' ? 'Lifecycle' : null),
  refresh: async (_shard, request) => {
    const { refresh } = await import('./read.ts');
    return await refresh(request);
  },
};
