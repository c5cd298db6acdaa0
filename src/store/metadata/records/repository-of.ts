import type { Repository } from '#model/platform/records.ts';
import { projectOf } from '#model/platform/repository-name.ts';

/** The repository of a row that was joined with it. */
export function repositoryOf(row: {
  readonly repository_id: string;
  readonly project_id: string;
  readonly repository_name: string;
}): Repository {
  const name = row.repository_name;
  return { id: row.repository_id, projectId: row.project_id, project: projectOf(name), name };
}
