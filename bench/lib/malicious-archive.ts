import { createHash } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { crc32, deflateRawSync } from 'node:zlib';

/**
 * An archive in ZIP format with as many records as asked for, each as long as those of the OpenSSF Malicious Packages
 * repository are. The end of the archive is in the form that more than 65,535 entries need (APPNOTE.TXT 4.3.14).
 */
export function writeMaliciousArchive(path: string, count: number): void {
  const file = openSync(path, 'w');
  try {
    const central: Buffer[] = [];
    let offset = 0;
    for (let number = 0; number < count; number += 1) {
      const id = `MAL-2025-${number + 1}`;
      const name = Buffer.from(`${id}.json`);
      const content = Buffer.from(JSON.stringify(maliciousRecord(id, number)));
      const data = deflateRawSync(content, { level: 1 });
      const fields = Buffer.alloc(26);
      fields.writeUInt16LE(20, 0);
      fields.writeUInt16LE(8, 4);
      fields.writeUInt32LE(crc32(content), 10);
      fields.writeUInt32LE(data.length, 14);
      fields.writeUInt32LE(content.length, 18);
      fields.writeUInt16LE(name.length, 22);
      const tail = Buffer.alloc(14);
      tail.writeUInt32LE(offset, 10);
      central.push(Buffer.concat([Buffer.from('PK\x01\x02'), Buffer.from([20, 0]), fields, tail, name]));
      const local = Buffer.concat([Buffer.from('PK\x03\x04'), fields, name, data]);
      writeSync(file, local);
      offset += local.length;
    }
    const directory = Buffer.concat(central);
    writeSync(file, directory);
    writeSync(file, endOfArchive(count, directory.length, offset));
  } finally {
    closeSync(file);
  }
}

function endOfArchive(count: number, size: number, offset: number): Buffer {
  const end = Buffer.alloc(56 + 20 + 22);
  end.write('PK\x06\x06', 0, 'latin1');
  end.writeBigUInt64LE(44n, 4);
  end.writeUInt16LE(45, 12);
  end.writeUInt16LE(45, 14);
  [count, count, size, offset].forEach((value, at) => end.writeBigUInt64LE(BigInt(value), 24 + 8 * at));
  end.write('PK\x06\x07', 56, 'latin1');
  end.writeBigUInt64LE(BigInt(offset + size), 64);
  end.writeUInt32LE(1, 72);
  end.write('PK\x05\x06', 76, 'latin1');
  end.fill(0xff, 84, 96);
  return end;
}

function maliciousRecord(id: string, number: number): object {
  const name = `package-${createHash('md5').update(id).digest('hex').slice(0, 12)}`;
  const hash = createHash('sha256').update(id).digest('hex');
  const alias = `GHSA-${hash.slice(0, 4)}-${hash.slice(4, 8)}-${hash.slice(8, 12)}`;
  return {
    modified: new Date(Date.UTC(2026, 4, 1) - number * 1000).toISOString(),
    published: '2025-01-02T00:00:00Z',
    schema_version: '1.5.0',
    id,
    aliases: [alias],
    summary: `Malicious code in ${name} (npm)`,
    details: `\n---\n_-= Per source details. Do not edit below this line.=-_\n\n## Source: ghsa-malware (${hash})\nAny computer that has this package installed or running should be considered fully compromised. All secrets and keys stored on that computer should be rotated immediately from a different computer. The package should be removed, but as full control of the computer may have been given to an outside entity, there is no guarantee that removing the package will remove all malicious software resulting from installing it.\n`,
    affected: [
      {
        package: { ecosystem: 'npm', name, purl: `pkg:npm/${name}` },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }],
        database_specific: {
          cwes: [
            {
              cweId: 'CWE-506',
              name: 'Embedded Malicious Code',
              description: 'The product contains code that appears to be malicious in nature.',
            },
          ],
          source: `https://github.com/ossf/malicious-packages/blob/main/osv/malicious/npm/${name}/${id}.json`,
        },
      },
    ],
    references: [{ type: 'ADVISORY', url: `https://github.com/advisories/${alias}` }],
    credits: [{ name: 'somebody', type: 'FINDER', contact: ['https://example.org'] }],
    database_specific: {
      'malicious-packages-origins': [
        {
          id: alias,
          import_time: '2025-01-02T00:00:00Z',
          modified_time: '2025-01-02T00:00:00Z',
          ranges: [{ events: [{ introduced: '0' }], type: 'SEMVER' }],
          sha256: hash,
          source: 'ghsa-malware',
        },
      ],
    },
  };
}
