import type { ApiContext, Route } from '../route.ts';
import { acquisitionRoutes } from './acquisitions.ts';
import { catalogRoutes } from './catalog.ts';
import { decisionRoutes } from './decisions.ts';
import { documentRoutes } from './documents.ts';
import { eventRoutes } from './events.ts';
import { exceptionRoutes } from './exceptions.ts';
import { imageRoutes } from './images.ts';
import { meRoutes } from './me.ts';
import { repositoryRoutes } from './repositories.ts';
import { retentionRoutes } from './retention.ts';
import { reviewRoutes } from './review.ts';
import { robotRoutes } from './robots.ts';
import { signingKeyRoutes } from './signing-key.ts';
import { upkeepRoutes } from './upkeep.ts';
import { userRoutes } from './users.ts';
import { useRoutes } from './uses.ts';
import { whereRoutes } from './where.ts';

/** Every route of the API, in the order of its description. */
export function allRoutes(context: ApiContext): readonly Route[] {
  return [
    ...meRoutes(),
    ...userRoutes(context),
    ...robotRoutes(context),
    ...catalogRoutes(context),
    ...whereRoutes(context),
    ...repositoryRoutes(context),
    ...imageRoutes(context),
    ...decisionRoutes(context),
    ...useRoutes(context),
    ...acquisitionRoutes(context),
    ...documentRoutes(context),
    ...exceptionRoutes(context),
    ...reviewRoutes(context),
    ...signingKeyRoutes(context),
    ...upkeepRoutes(context),
    ...retentionRoutes(context),
    ...eventRoutes(context),
  ];
}
