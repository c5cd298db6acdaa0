import { LIMITS } from '#base/limits.ts';
import type { EvidenceSubject } from '#model/attachment.ts';
import type { OpenOptions } from '../images/options.ts';
import type { RegistryReference } from '../reference.ts';
import type { TransportTuning } from '../registry/endpoint.ts';
import { repositoryOf } from '../sources/registry/open-repository.ts';
import { RegistryError } from '../transport/error.ts';
import { readAttachments } from './attachments.ts';
import { findInRegistry } from './registry.ts';
import { Room } from './room.ts';
import type { EvidenceSource } from './source.ts';
import { readSubjects } from './subjects.ts';

/** What hangs on an image in a registry. Its repository has to be asked, so that nothing can be opened without it. */
export async function openRegistryEvidence(
  reference: RegistryReference,
  options: OpenOptions,
  tuning: TransportTuning = {},
): Promise<EvidenceSource> {
  const { domain, path, digest, text } = reference;
  const isLocal = (options.access?.local?.(domain, path) ?? null) !== null;
  if (!isLocal && (options.access === undefined || options.offline === true)) {
    throw new RegistryError('REGISTRY_OFFLINE', 'nobody can be asked what hangs on the image', {
      object: text,
      expected: 'a registry that may be asked',
      found: 'no use of the network',
      hint: 'Copy the image with its signatures to a folder where there is a network, and name that: oci:DIR.',
    });
  }
  const repository = repositoryOf(reference, options, tuning);
  try {
    const signal = options.signal ?? new AbortController().signal;
    const root = await repository.root(reference, signal);
    const { subjects, entries } = await readSubjects(repository, [root], digest, options);
    const room = new Room(LIMITS.imageAttachmentsBytes);
    return {
      repository: `${domain}/${path}`,
      tag: reference.tag,
      reference: text,
      subjects,
      content: repository,
      attachments: async (subject: EvidenceSubject, asked = new AbortController().signal) => {
        const { found, problems } = await findInRegistry(repository, subject, asked);
        const tagged = found.filter(({ bytes }) => bytes !== null);
        const listed = found.filter(({ bytes }) => bytes === null);
        const ordered = [...tagged, ...(entries.get(subject.digest) ?? []), ...listed];
        return await readAttachments(repository, subject, { found: ordered, problems }, room, asked);
      },
      close: () => repository.close(),
    };
  } catch (error) {
    await repository.close();
    throw error;
  }
}
