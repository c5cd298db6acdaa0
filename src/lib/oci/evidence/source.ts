import type { Discovery, EvidenceSubject } from '#model/attachment.ts';
import type { ContentSource } from '../images/content-source.ts';

/** An image as something that signatures and attestations hang on. Nothing is asked of its registry but what is called for. */
export interface EvidenceSource {
  /** `registry/path`, defaults filled in, as policies name repositories; null for local files. */
  readonly repository: string | null;
  /** What the reference says after the name or path, `latest` where a registry reference says nothing; null beside a digest alone. */
  readonly tag: string | null;
  /** As written; a bare path has its scheme put before it. */
  readonly reference: string;
  /** The index first where the reference names one, then the manifests of the platforms asked for; never empty. */
  readonly subjects: readonly EvidenceSubject[];
  /** What the subjects are made of. */
  readonly content: ContentSource;
  /**
   * What hangs on one of `subjects`. What could not be read, or asked for, is among the problems; throws only the
   * signal's reason, and what is no error of ours.
   */
  attachments(subject: EvidenceSubject, signal?: AbortSignal): Promise<Discovery>;
  close(): Promise<void>;
}
