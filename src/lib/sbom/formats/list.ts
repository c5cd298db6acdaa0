import { cyclonedx } from './cyclonedx/index.ts';
import type { SbomFormat } from './format.ts';

/** Every SBOM format, sorted by id. */
export const sbomFormats = { cyclonedx } as const satisfies Readonly<Record<string, SbomFormat>>;
