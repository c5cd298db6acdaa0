import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { factsOf } from '#assess/policy/facts.ts';
import type { Facts } from '#model/facts.ts';
import type { Report } from '#model/report.ts';
import { data, missing } from '#test/prerequisites.ts';
import type { BenchImage } from './images.ts';

/** What a policy sees of an image that `program` scans, with the advisories of the shared data where they are. */
export function factsOfImage(program: string, { layout }: BenchImage): Facts {
  const folder = mkdtempSync(join(tmpdir(), 'plimsoll-bench-facts-'));
  const empty = join(folder, 'advisories');
  mkdirSync(empty);
  const advisories = missing('shared-data') === false ? data('osv') : empty;
  try {
    const { status, stdout, stderr } = spawnSync(program, ['scan', '--offline', '-o', 'json', `oci:${layout}`], {
      env: { ...process.env, PLIMSOLL_HOME: join(folder, 'home'), PLIMSOLL_ADVISORIES: advisories },
      encoding: 'utf8',
      maxBuffer: 1 << 29,
    });
    if (stdout === '') {
      throw new Error(`plimsoll exited with ${status}: ${stderr}`);
    }
    return factsOf(JSON.parse(stdout) as Report, []);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
