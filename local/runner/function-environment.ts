import type { AccessKeys } from '../iam/access-keys.ts';
import { accessKeyOf } from '../template/application.ts';
import type { DeployedFunction } from '../template/functions.ts';
import type { Account } from '../types.ts';

/** Addresses of the emulated services, in the AWS SDK's variables. */
export interface Endpoints {
  readonly json: string;
  readonly dynamoDb: string;
  readonly s3: string;
  readonly ses: string;
  /** Address of the page. */
  readonly page: string;
}

/** Environment of a function: Lambda's own variables, the template's, and the addresses of the services. */
export function functionEnvironment(
  fn: DeployedFunction,
  account: Account,
  keys: AccessKeys,
  endpoints: Endpoints,
): Record<string, string> {
  const accessKeyId = accessKeyOf(fn.arn);
  const { secretAccessKey, sessionToken } = keys.secretOf(accessKeyId);
  return {
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    AWS_REGION: account.region,
    AWS_DEFAULT_REGION: account.region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: fn.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(fn.memoryMegabytes),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${fn.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    // The SDK must not look for other credentials.
    AWS_EC2_METADATA_DISABLED: 'true',
    LAMBDA_TASK_ROOT: fn.codePath,
    _HANDLER: fn.handler,
    ...fn.env,
    AWS_ENDPOINT_URL_SQS: endpoints.json,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.json,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamoDb,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
    AWS_ENDPOINT_URL_SESV2: endpoints.ses,
    ...('PUBLIC_URL' in fn.env && { PUBLIC_URL: endpoints.page }),
  };
}
