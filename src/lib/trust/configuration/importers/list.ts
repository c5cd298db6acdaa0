import { clusterImagePolicy } from './cluster-image-policy/index.ts';
import { containersPolicy } from './containers-policy/index.ts';
import type { TrustImporter } from './importer.ts';
import { notation } from './notation/index.ts';

/** Every importer, sorted by id. */
export const trustImporters: readonly TrustImporter[] = [clusterImagePolicy, containersPolicy, notation];
