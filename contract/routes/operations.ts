import * as z from 'zod';
import { defineRoute } from '../route.ts';

export const health = defineRoute({
  method: 'GET',
  path: '/health',
  auth: 'none',
  tag: 'operations',
  summary: 'Alive: answers without asking anything else',
  answers: { 200: z.object({ status: z.literal('ok') }).meta({ id: 'Health' }) },
});

const Part = z.object({
  status: z.enum(['ok', 'failed']),
  milliseconds: z.number(),
  detail: z.string().optional(),
});

export const Readiness = z
  .object({
    status: z.enum(['ok', 'degraded', 'failed']).describe('degraded: memory waits for its index, and everything else works'),
    parts: z.object({ postgres: Part, dynamodb: Part, queue: Part, index: Part }),
  })
  .meta({ id: 'Readiness' });

/** The local runner's answer before the deployed function is asked. */
export const Startup = z
  .object({
    status: z
      .enum(['starting', 'seeding'])
      .describe('Of the local runner only. starting: it migrates and loads functions; seeding: it makes the demo workspace'),
  })
  .meta({ id: 'Startup' });

export const ready = defineRoute({
  method: 'GET',
  path: '/ready',
  auth: 'none',
  tag: 'operations',
  summary: 'Ready: asks Postgres, DynamoDB, the queue and the index of memory, each with its state and time',
  answers: { 200: Readiness, 503: z.union([Readiness, Startup]) },
});

export const openApi = defineRoute({
  method: 'GET',
  path: '/openapi.json',
  auth: 'none',
  tag: 'operations',
  summary: 'This API as an OpenAPI 3.1 document',
  answers: { 200: z.looseObject({}) },
});

export const asyncApi = defineRoute({
  method: 'GET',
  path: '/asyncapi.json',
  auth: 'none',
  tag: 'operations',
  summary: 'The socket protocol as an AsyncAPI 3 document',
  answers: { 200: z.looseObject({}) },
});

export const docs = defineRoute({
  method: 'GET',
  path: '/docs',
  auth: 'none',
  tag: 'operations',
  summary: 'The API for people to read',
  answers: { 200: z.string() },
  produces: 'text/html; charset=utf-8',
});
