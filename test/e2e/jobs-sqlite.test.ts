import { jobLeaseContract } from '#store/jobs/leases/contract.ts';
import { evidence } from '#test/evidence.ts';
import { sqliteJobs } from '#test/fixtures/job-drivers.ts';

evidence(
  'platform/jobs-sqlite',
  'real tool',
  'SQLite itself: workers in several processes on one file, some of them killed',
);

jobLeaseContract(sqliteJobs);
