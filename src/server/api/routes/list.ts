import type { ApiContext, Route } from '../route.ts';
import { acquisitionRoutes } from './acquisitions.ts';
import { eventRoutes } from './events.ts';
import { imageRoutes } from './images.ts';
import { meRoutes } from './me.ts';
import { robotRoutes } from './robots.ts';
import { upkeepRoutes } from './upkeep.ts';
import { userRoutes } from './users.ts';

/** Every route of the API, in the order of its description. */
export function allRoutes(context: ApiContext): readonly Route[] {
  return [
    ...meRoutes(),
    ...userRoutes(context),
    ...robotRoutes(context),
    ...imageRoutes(context),
    ...acquisitionRoutes(context),
    ...upkeepRoutes(context),
    ...eventRoutes(context),
  ];
}
