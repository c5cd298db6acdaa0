import type { AdvisorySourceSetting } from '#model/advisory-source.ts';
import { alpineSecdb } from './alpine-secdb/index.ts';
import { chainguardSecdb } from './chainguard-secdb/index.ts';
import { debianTracker } from './debian-tracker/index.ts';
import { distroInfo } from './distro-info/index.ts';
import { endoflifeDate } from './endoflife-date/index.ts';
import { epss } from './epss/index.ts';
import { kev } from './kev/index.ts';
import { nvd } from './nvd/index.ts';
import { osv } from './osv/index.ts';
import type { AdvisoryProvider } from './provider.ts';
import { redhatCsaf } from './redhat-csaf/index.ts';
import { ubuntuVex } from './ubuntu-vex/index.ts';
import { wolfiSecdb } from './wolfi-secdb/index.ts';

/** Every kind of feed, sorted by id. A member's index says what the feed is; what reads it is loaded by `refresh`. */
export const advisoryProviders: readonly AdvisoryProvider[] = [
  alpineSecdb,
  chainguardSecdb,
  debianTracker,
  distroInfo,
  endoflifeDate,
  epss,
  kev,
  nvd,
  osv,
  redhatCsaf,
  ubuntuVex,
  wolfiSecdb,
];

/** Asked when nothing else is set; of two that have an ecosystem the first. */
const ASKED_BY_DEFAULT: readonly AdvisoryProvider[] = [osv, kev, epss, endoflifeDate];

/** Each at its home. */
export function defaultSources(): readonly AdvisorySourceSetting[] {
  return ASKED_BY_DEFAULT.map(({ id, capabilities }) => ({
    provider: id,
    place: capabilities.home,
    ecosystems: null,
  }));
}
