import { sqliteJobs } from '#test/fixtures/job-drivers.ts';
import { jobContract } from './contract.ts';

jobContract(sqliteJobs);
