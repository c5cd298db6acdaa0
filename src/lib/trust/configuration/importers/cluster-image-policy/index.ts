import type { TrustImporter } from '../importer.ts';
import { importClusterImagePolicies } from './policies.ts';

export const clusterImagePolicy: TrustImporter = {
  id: 'cluster-image-policy',
  capabilities: {
    title: 'ClusterImagePolicy of the Sigstore policy-controller',
    file: 'Kubernetes manifests in YAML, one policy or several',
    specification: 'https://github.com/sigstore/policy-controller/blob/main/docs/api-types/index.md',
  },
  read: importClusterImagePolicies,
};
