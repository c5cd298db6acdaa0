import { quote } from '#base/error.ts';
import type { Records } from '#model/platform/records.ts';
import { INSTALLATION } from '#model/platform/repository-name.ts';
import { StateError } from './state-error.ts';

/** Names in a message. */
const NAMED = 20;

/**
 * Throws `STATE_CHANGE_INVALID` for an environment that no document describes, where there are such documents: whoever mistypes a name would believe to have decided
 * something. What ships with the program describes none in this sense.
 */
export async function assertEnvironment({ documents }: Records, environment: string): Promise<void> {
  const projectId = await documents.project(INSTALLATION);
  if (projectId === null || (await documents.find(projectId, 'Environment', environment)) !== null) {
    return;
  }
  const known = await documents.list(projectId, 'Environment', { after: null, limit: NAMED });
  if (known.length > 0) {
    throw new StateError('STATE_CHANGE_INVALID', 'there is no such environment', {
      object: 'environment',
      expected: `one of ${known.map(({ name }) => name).join(', ')}${known.length < NAMED ? '' : ' and others'}`,
      found: quote(environment),
    });
  }
}
