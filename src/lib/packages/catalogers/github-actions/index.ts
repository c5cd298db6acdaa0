import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isBroughtAlong } from '../../declared-packages.ts';
import { parseWorkflow } from './parse-workflow.ts';

const FOLDER = '.github/workflows/';
const ENDINGS = ['.yml', '.yaml'];

export const githubActions: Cataloger = {
  id: 'github-actions',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'GitHub Actions workflows',
    reads: ['**/.github/workflows/*.yml', '**/.github/workflows/*.yaml'],
    packageTypes: ['github'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: ['https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax'],
  },
  endings: ENDINGS,
  wants: ({ path }) => ENDINGS.some((ending) => path.endsWith(ending)) && isWorkflow(path) && !isBroughtAlong(path),
  read: ({ bytes, path }) => parseWorkflow(bytes, path),
};

/** Directly in the folder: GitHub reads no others. */
function isWorkflow(path: string): boolean {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  return folder === FOLDER || folder.endsWith(`/${FOLDER}`);
}
