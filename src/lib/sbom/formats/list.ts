import type { SbomFormat } from './format.ts';
import { cyclonedx } from './cyclonedx/index.ts';

/** Every SBOM format, sorted by id. */
export const sbomFormats = { cyclonedx } as const satisfies Readonly<Record<string, SbomFormat>>;
