import type { AccessKeys } from '../iam/access-keys.ts';
import { accessKeyOf } from '../template/application.ts';
import type { DeployedFunction } from '../template/functions.ts';
import type { Account } from '../types.ts';

/** Where the emulated services listen, as the AWS SDK is told. */
export interface Endpoints {
  readonly json: string;
  readonly dynamoDb: string;
  readonly s3: string;
}

/** The environment variables that Lambda sets, those of the template, and where the services are. */
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
    // No credentials are ever looked for anywhere else.
    AWS_EC2_METADATA_DISABLED: 'true',
    LAMBDA_TASK_ROOT: fn.codePath,
    _HANDLER: fn.handler,
    ...fn.env,
    AWS_ENDPOINT_URL_SQS: endpoints.json,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoints.json,
    AWS_ENDPOINT_URL_DYNAMODB: endpoints.dynamoDb,
    AWS_ENDPOINT_URL_S3: endpoints.s3,
  };
}
