import { csaf } from './csaf/index.ts';
import { cyclonedx } from './cyclonedx/index.ts';
import type { VexFormat } from './format.ts';
import { openvex } from './openvex/index.ts';

/** Every format that statements about vulnerabilities are read from, sorted by id. No two claim the same document. */
export const vexFormats: readonly VexFormat[] = [csaf, cyclonedx, openvex];
