import * as z from 'zod';

/** Request of CloudFormation to a custom resource. It waits an hour for an answer at `ResponseURL`. */
export const CloudFormationRequest = z.object({
  RequestType: z.enum(['Create', 'Update', 'Delete']),
  ResponseURL: z.url(),
  StackId: z.string(),
  RequestId: z.string(),
  LogicalResourceId: z.string(),
});
export type CloudFormationRequest = z.infer<typeof CloudFormationRequest>;

/**
 * Answers CloudFormation with the attributes of a custom resource, or with the failure, which rolls the deployment back. Deleting has
 * nothing to do. Throws when the answer cannot be delivered, so that Lambda tries again.
 */
export async function answerCloudFormation(request: CloudFormationRequest, attributes: () => Promise<object>): Promise<void> {
  const { ResponseURL, RequestType, StackId, RequestId, LogicalResourceId } = request;
  const outcome = RequestType === 'Delete' ? { Status: 'SUCCESS' } : await outcomeOf(attributes);
  // The id stays, so that an update replaces nothing.
  const body = JSON.stringify({ ...outcome, PhysicalResourceId: LogicalResourceId, StackId, RequestId, LogicalResourceId });
  // The signature of the address covers an empty content type.
  const response = await fetch(ResponseURL, { method: 'PUT', headers: { 'content-type': '' }, body });
  if (!response.ok) throw new Error(`CloudFormation did not take the answer: ${response.status}`);
}

async function outcomeOf(attributes: () => Promise<object>): Promise<object> {
  try {
    return { Status: 'SUCCESS', Data: await attributes() };
  } catch (error) {
    return { Status: 'FAILED', Reason: error instanceof Error ? error.message : String(error) };
  }
}
