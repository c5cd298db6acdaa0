import type { TrustImporter } from '../importer.ts';
import { importContainersPolicy } from './policy.ts';

export const containersPolicy: TrustImporter = {
  id: 'containers-policy',
  capabilities: {
    title: 'Signature verification policy of podman, skopeo, buildah and CRI-O',
    file: '/etc/containers/policy.json',
    specification: 'https://github.com/containers/image/blob/main/docs/containers-policy.json.5.md',
  },
  read: importContainersPolicy,
};
