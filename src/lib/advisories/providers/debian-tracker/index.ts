import type { AdvisoryProvider } from '../provider.ts';

/** The JSON of Debian's security tracker: one document, source package by source package. */
export const debianTracker: AdvisoryProvider = {
  id: 'debian-tracker',
  capabilities: {
    home: 'https://security-tracker.debian.org/tracker',
    gives: ['advisories'],
    incremental: false,
    verified: 'nothing',
  },
  shardFor: (needed) => (needed === 'Debian' || /^Debian:\d{1,3}$/.test(needed) ? 'Debian' : null),
  refresh: async (_shard, request) => {
    const { refresh } = await import('./refresh.ts');
    return await refresh(request);
  },
};
