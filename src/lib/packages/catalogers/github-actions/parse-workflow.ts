import type { Found } from '#model/analyser.ts';
import { DeclaredPackages, notA } from '../../declared-packages.ts';
import { parseYamlDocuments } from '../../yaml/parse-yaml.ts';
import { itemsOf, mapOf, scalarOf, type YamlMap } from '../../yaml/value.ts';

/**
 * The actions and workflows of other repositories that the jobs of a workflow use: `owner/name/path@ref`. The version is the ref
 * as written, a tag, a branch or a commit. Images and the repository's own actions are none.
 */
export function parseWorkflow(bytes: Uint8Array, object: string): Found {
  const [value] = parseYamlDocuments(bytes, object);
  const document = mapOf(value);
  if (!document.has('jobs')) {
    throw notA(object, 'jobs', 'none');
  }
  const packages = new DeclaredPackages('github', object);
  for (const uses of usesOf(document)) {
    const at = uses.indexOf('@');
    const [owner = '', name = ''] = uses.slice(0, Math.max(at, 0)).split('/', 2);
    if (uses.startsWith('./') || uses.startsWith('docker://')) {
      continue;
    }
    if (owner === '' || name === '' || at === uses.length - 1) {
      packages.passOver('other than a repository and a ref', uses);
    } else {
      packages.add({ name: `${owner}/${name}`.toLowerCase(), version: uses.slice(at + 1) });
    }
  }
  return packages.found();
}

function* usesOf(document: YamlMap): Generator<string, void> {
  for (const value of mapOf(document.get('jobs')).values()) {
    const job = mapOf(value);
    const steps = itemsOf(job.get('steps')).map(mapOf);
    yield* [job, ...steps].map((item) => scalarOf(item.get('uses'))).filter((uses) => uses !== '');
  }
}
