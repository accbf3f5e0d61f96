import { setting } from '../platform/config.ts';
import { fetchSecret } from '../platform/keys/secrets.ts';
import { taskHandler } from '../platform/task-handler.ts';
import { answerCloudFormation, CloudFormationRequest } from './answer-cloud-formation.ts';
import { publicKeysOf } from './public-keys.ts';

const arns = {
  userTokens: setting('userTokenSecretArn'),
  tickets: setting('ticketSecretArn'),
  origin: setting('originSecretArn'),
  vapid: setting('vapidSecretArn'),
};

export const handler = taskHandler(CloudFormationRequest, (request) =>
  answerCloudFormation(request, async () => {
    const [userTokens, tickets, origin, vapid] = await Promise.all([
      fetchSecret(arns.userTokens),
      fetchSecret(arns.tickets),
      fetchSecret(arns.origin),
      fetchSecret(arns.vapid),
    ]);
    return publicKeysOf({ userTokens, tickets, origin, vapid });
  }),
);
