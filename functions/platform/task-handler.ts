import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type * as z from 'zod';
import { fieldErrors } from './errors.ts';
import { log, takeColdStart } from './log.ts';
import { metrics } from './metrics.ts';

/**
 * Middleware chain of functions invoked by a schedule, a deployment or an operator: parsed input, one log line, metrics. An error fails the
 * invocation.
 */
export function taskHandler<Schema extends z.ZodType, Result>(
  schema: Schema,
  task: (input: z.infer<Schema>, context: Context) => Promise<Result>,
) {
  let startedAt = 0;
  const line = (level: 'info' | 'error', fields: object) =>
    log[level]('task', { ...fields, milliseconds: Math.round(performance.now() - startedAt) });
  return middy<unknown, Result>()
    .use({
      before(request) {
        startedAt = performance.now();
        log.resetKeys();
        log.appendKeys({ requestId: request.context.awsRequestId, coldStart: takeColdStart() });
      },
      after() {
        line('info', { outcome: 'done' });
        metrics.flush();
      },
      onError(request) {
        line('error', { outcome: 'failed', error: request.error });
        metrics.flush();
      },
    })
    .handler(async (event: unknown, context: Context) => {
      const input = schema.safeParse(event);
      if (!input.success)
        throw new Error(
          fieldErrors('payload', input.error)
            .map(({ path, message }) => `${path}: ${message}`)
            .join('; '),
        );
      return task(input.data, context);
    });
}
