import { TargetError } from './failure.js';

/** The TargetError that the promise rejects with; fails when it does not. */
export async function failed(promise: Promise<unknown>): Promise<TargetError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof TargetError) return error;
    throw error;
  }
  throw new Error('expected a TargetError, but it succeeded');
}
