import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';

/** Returns true if the condition of a write to DynamoDB held, and false if it did not. Any other failure is thrown. */
export async function conditional(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
