import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFindingId } from './finding-id.ts';

test('the id of a finding is one in capitals or not', () => {
  for (const id of [
    'CVE-2024-3094',
    'cve-2024-3094',
    'Cve-2024-3094',
    'ghsa-jfh8-c2jp-5v3q',
    'GHSA-jfh8-c2jp-5v3q',
    'rhsa-2024:1234',
    'dsa-5649-1',
    'USN-6000-1',
    'VSV00012-X',
    'alas2023-2024-100',
  ]) {
    assert.ok(isFindingId(id), id);
  }
  for (const name of [
    'openssl',
    'lodash-es',
    'libfoo-2',
    'go',
    'go-md2man',
    'cve-bin-tool',
    'pkg:npm/x',
    'dsa-tools',
    'mal-2x',
    'a@1',
  ]) {
    assert.ok(!isFindingId(name), name);
  }
});
