import { LIMITS } from '#base/limits.ts';
import type { Cataloger } from '../../cataloger.ts';
import { isDeclaration } from '../../declared-packages.ts';
import { parseTerraformLock } from './parse-terraform-lock.ts';

const NAMES = ['.terraform.lock.hcl'];

export const terraformLock: Cataloger = {
  id: 'terraform-lock',
  version: 1,
  knownPaths: [],
  maxFileBytes: LIMITS.lockFileBytes,
  capabilities: {
    title: 'Terraform and OpenTofu lock files',
    reads: ['**/.terraform.lock.hcl'],
    packageTypes: ['terraform'],
    confidence: 'declared',
    database: false,
    licenses: false,
    files: false,
    dependencies: false,
    specifications: [
      'https://developer.hashicorp.com/terraform/language/files/dependency-lock',
      'https://opentofu.org/docs/language/files/dependency-lock/',
    ],
  },
  endings: NAMES,
  wants: (file) => isDeclaration(file.path, NAMES),
  read: ({ bytes, path }) => parseTerraformLock(bytes, path),
};
