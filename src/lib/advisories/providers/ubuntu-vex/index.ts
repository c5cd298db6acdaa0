import type { AdvisoryProvider } from '../provider.ts';

/** Canonical's OpenVEX documents for Ubuntu: an archive with one for every CVE and every security notice. */
export const ubuntuVex: AdvisoryProvider = {
  id: 'ubuntu-vex',
  capabilities: {
    home: 'https://security-metadata.canonical.com/vex',
    gives: ['advisories'],
    incremental: false,
    verified: 'nothing',
  },
  shardFor: (needed) => (/^Ubuntu(?::(?:Pro:)?\d\d\.\d\d(?::LTS)?)?$/.test(needed) ? 'Ubuntu' : null),
  refresh: async (_shard, request) => {
    const { refresh } = await import('./refresh.ts');
    return await refresh(request);
  },
};
