import { defineRoute } from '../route.ts';
import { CreateToken, UserToken } from '../workspace.ts';

export const createToken = defineRoute({
  method: 'POST',
  path: '/v1/tokens',
  auth: 'apiKey',
  scope: 'tokens',
  tag: 'auth',
  summary: 'Create or update a user, and mint a token for them',
  body: CreateToken,
  answers: { 200: UserToken },
});
