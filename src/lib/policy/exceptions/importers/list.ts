import { grype } from './grype/index.ts';
import type { ExceptionImporter } from './importer.ts';
import { trivy } from './trivy/index.ts';

/** Every importer, sorted by id. */
export const exceptionImporters: readonly ExceptionImporter[] = [grype, trivy];
