import * as z from 'zod';
import { defineRoute } from '../route.ts';

export const createTicket = defineRoute({
  method: 'POST',
  path: '/v1/realtime/tickets',
  auth: 'user',
  tag: 'realtime',
  summary: 'Get a ticket to open one socket with: 30 seconds, single use',
  answers: {
    200: z
      .object({ url: z.string(), ticket: z.string(), expiresIn: z.int().describe('Seconds'), protocol: z.string() })
      .meta({ id: 'Ticket' }),
  },
});
